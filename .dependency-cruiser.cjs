/**
 * Who may import whom: docs/architecture.md says why. `test/architecture.test.ts` proves that a wrong import is found.
 */
const allow = {
  'server/contract': [],
  gateway: ['server/contract'],
  simulator: ['server/contract'],
  dashboard: ['server/contract'],
  'server/store': ['server/contract'],
  'server/detect': ['server/contract'],
  'server/cases': ['server/contract', 'server/store'],
  'server/care': ['server/contract', 'server/store'],
  'server/org': ['server/contract', 'server/store'],
  'server/intake': ['server/contract', 'server/store', 'server/detect', 'server/cases'],
  'server/watch': ['server/contract', 'server/store', 'server/detect', 'server/cases'],
  'server/desk': ['server/contract', 'server/store', 'server/cases', 'server/org'],
  'server/protocol': ['server/contract', 'server/store', 'server/cases', 'server/org'],
  'server/notify': ['server/contract', 'server/store'],
  'server/escalation': ['server/contract', 'server/store', 'server/cases', 'server/notify', 'server/org'],
  'server/quality': ['server/contract', 'server/store', 'server/cases', 'server/org'],
  'server/voice': ['server/contract', 'server/store', 'server/org'],
  'server/reports': ['server/contract', 'server/store', 'server/cases', 'server/care', 'server/org'],
  // From outside, as a device and a desk.
  'server/selftest': ['server/contract', 'server/store'],
  'server/drills': ['server/contract', 'server/store', 'server/cases'],
  'server/push': ['server/contract', 'server/store'],
  'server/http': [
    'server/contract',
    'server/store',
    'server/cases',
    'server/care',
    'server/org',
    'server/intake',
    'server/watch',
    'server/desk',
    'server/protocol',
    'server/notify',
    'server/escalation',
    'server/quality',
    'server/reports',
    'server/voice',
    'server/push',
    'server/selftest',
    'server/drills',
  ],
}
const ours = '^(gateway|server|simulator|dashboard|test)/'
const rules = Object.entries(allow).map(([folder, others]) => ({
  name: `${folder.replaceAll('/', '-')}-imports`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: ours, pathNot: [folder, ...others].map((name) => `^${name}/`) },
}))

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...rules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
