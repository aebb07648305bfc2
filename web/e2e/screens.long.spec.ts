import { it } from 'vitest'
import { useScreensStage } from './harness/screens-stage.ts'

// The sizes between the smallest phone and a desktop (`screens.spec.ts`).

const { expectScreensFit } = useScreensStage()

it.each(['phone', 'phone-landscape'] as const)(
  'all four screens on a %s are accessible and fit, in both themes',
  expectScreensFit,
)
