import type { LifecycleState } from '../../../server/contract/device.ts'

/**
 * The steps that are offered from each stage, the usual one first. The server decides; a step that it refuses is
 * explained. test/dashboard/devices.test.ts holds it against the server's own table.
 */
export const NEXT_STEPS: Record<LifecycleState, readonly LifecycleState[]> = {
  in_stock: ['installed', 'retired'],
  installed: ['tested', 'faulty', 'in_stock', 'retired'],
  tested: ['in_service', 'faulty', 'in_stock', 'retired'],
  in_service: ['faulty', 'in_stock', 'retired'],
  faulty: ['installed', 'tested', 'in_service', 'in_stock', 'retired'],
  retired: [],
}
