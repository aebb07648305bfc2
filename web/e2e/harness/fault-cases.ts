import { networkFaults, type NetworkFault } from './network-faults.ts'

/** What of the product's traffic is spoiled. */
export type FaultTarget =
  | 'page'
  | 'script'
  | 'style'
  | 'worker'
  | 'kernels'
  | 'service worker'
  | 'list'
  | 'manifest'
  | 'generalist'
  | 'partitions'
  | 'frames'
  | 'everything'

export interface FaultCase {
  readonly target: FaultTarget
  readonly fault: NetworkFault
  /** `later`: the app is installed, and has stored what it needs. */
  readonly visit: 'first' | 'later'
}

const all = Object.keys(networkFaults) as NetworkFault[]
const few: readonly NetworkFault[] = [
  'cut in the middle',
  'short by half',
  'empty',
  'a web page with 200',
  'never answered',
  'stalled in the middle',
  'nothing with 204',
  '60 MB',
]
const gross: readonly NetworkFault[] = [
  'cut in the middle',
  'a web page with 200',
  'never answered',
  'a redirect to a login',
]

const cases = (
  targets: readonly FaultTarget[],
  faults: readonly NetworkFault[],
  visit: FaultCase['visit'],
): FaultCase[] => targets.flatMap((target) => faults.map((fault) => ({ target, fault, visit })))

export const faultCases: readonly FaultCase[] = [
  ...cases(['script', 'kernels', 'list', 'manifest', 'generalist', 'frames'], all, 'first'),
  ...cases(['style', 'worker', 'partitions', 'service worker'], few, 'first'),
  ...cases(['page', 'everything'], gross, 'first'),
  ...cases(['list', 'manifest', 'frames'], few, 'later'),
  ...cases(['kernels', 'script', 'everything'], gross, 'later'),
]

/** Enough of each kind for every run of the tests. */
export const quickFaultCases: readonly FaultCase[] = [
  { target: 'kernels', fault: 'a web page with 200', visit: 'first' },
  { target: 'manifest', fault: '60 MB', visit: 'later' },
  { target: 'frames', fault: 'a part with 206', visit: 'later' },
  { target: 'everything', fault: 'a web page with 200', visit: 'later' },
]
