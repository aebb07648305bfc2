import { it } from 'vitest'
import { useScreensStage } from './harness/screens-stage.ts'

// The sizes beyond the smallest phone (`screens.spec.ts`).

const { expectScreensFit } = useScreensStage()

it.each(['phone', 'phone-landscape', 'desktop'] as const)(
  'all four screens on a %s are accessible and fit, in both themes',
  expectScreensFit,
)
