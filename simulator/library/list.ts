import type { FleetExpected, FleetScenario } from './fleet.ts'
import { LIBRARY } from './index.ts'
import type { Expected, Scenario } from './scenario.ts'
import { FLEETS } from './supervision.ts'

/** The library as a Markdown table: name, group, what happens, what should be raised. */
export function libraryTable(): string {
  const rows = [...LIBRARY, ...FLEETS].map(
    (one) => `| ${one.name} | ${one.group} | ${one.title} | ${expectedText(one)} |`,
  )
  return ['| Scenario | Group | What happens | Raised |', '|---|---|---|---|', ...rows].join('\n')
}

function expectedText({ expected }: Scenario | FleetScenario): string {
  return expected.length === 0 ? 'nothing' : [...new Set(expected.map(oneText))].join('; ')
}

function oneText(one: Expected | FleetExpected): string {
  const more: string[] = 'certainty' in one && one.certainty !== undefined ? [one.certainty] : []
  if ('severe' in one && one.severe) more.push('severe')
  if (one.restored) more.push('taken back')
  return more.length === 0 ? one.kind : `${one.kind} (${more.join(', ')})`
}
