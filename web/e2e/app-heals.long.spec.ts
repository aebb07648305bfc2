import { it } from 'vitest'
import { useHealsStage } from './harness/heals-stage.ts'

// The kinds of damage that `app-heals.spec.ts` leaves out.

const stage = useHealsStage()

it.each(['its main script', 'the kernels'] as const)(
  'an app that an earlier version installed heals where it keeps a maintenance page in place of %s',
  (spoiled) => stage.expectHealed(spoiled),
)

it.each(['short', 'empty'] as const)(
  'an installed app starts as it was built where its files lie %s in the store',
  (damage) => stage.expectStartedWhole(damage),
)
