import type { FrameEvent } from './frame-event.ts'

/**
 * Goes through a frame's life. Resolves when its answer is applied; what comes after that is applied when it
 * comes. Rejects where there is no answer.
 */
export async function answerFrame(
  life: AsyncGenerator<FrameEvent, void, void>,
  apply: (event: FrameEvent) => Promise<void>,
): Promise<void> {
  for (;;) {
    const step = await life.next()
    if (step.done === true) return
    await apply(step.value)
    if (step.value.kind === 'answered') break
  }
  // Called off, it has nothing to say any more.
  void revise(life, apply).catch(() => undefined)
}

async function revise(
  life: AsyncGenerator<FrameEvent, void, void>,
  apply: (event: FrameEvent) => Promise<void>,
): Promise<void> {
  for await (const event of life) await apply(event)
}
