import { expect, it } from 'vitest'
import { recordReliability } from '../../test/reliability/record-reliability.ts'
import { faultCases } from './harness/fault-cases.ts'
import { playFaults } from './harness/play-faults.ts'

// Every way in which a network spoils what the product asks for. FAULTS=kernels plays those whose target or
// fault has that in its name.

const wanted = process.env['FAULTS'] ?? ''
const cases = faultCases.filter(({ target, fault, visit }) =>
  `${target}, ${fault}, ${visit}`.includes(wanted),
)

it(
  `${cases.length} network faults: a right answer, an uncertain one or an error by name; nothing wrong is stored; it recovers`,
  { timeout: 3_600_000 },
  async () => {
    const { failures, played, bricked } = await playFaults(cases, 3)
    if (wanted === '')
      await recordReliability('network', {
        networkFaults: played,
        networkFaultsSurvived: played - failures.length,
        bricked,
      })
    expect(failures).toEqual([])
  },
)
