import { describe, it } from 'vitest'
import { useNonsenseStage, ways } from './harness/nonsense-stage.ts'

// Pictures that no bundle knows, before all that are released.

const released = ['walkers', 'people', 'cifar10', 'cifar100', 'world'] as const
const stage = useNonsenseStage(released)

describe.each(released)('the bundle %s', (bundle) => {
  it.each(ways)('%s is certain of no picture that it does not know, but for its debts', (way) =>
    stage.expectNothingCertain(bundle, way),
  )
})
