import { useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { drawStrip } from './draw-strip.ts'
import { resolvedTheme } from '../../platform/theme.ts'
import { usePage } from '../page-context.ts'

/** The last frames as bars: doubt is the height, colour says who answered. */
export function Strip(): VNode {
  const { app } = usePage()
  const canvas = useRef<HTMLCanvasElement>(null)

  const draw = (): void => {
    // Read first: whatever happens below, the next change draws again.
    const { revision } = app.streamView.tally.value
    const { thresholdNats } = app.gate.value
    const classes = app.bundle.opened.value?.manifest.classNames.length ?? 2
    if (canvas.current !== null && revision >= 0)
      drawStrip(canvas.current, app.streamView.log, { thresholdNats, classes, theme: resolvedTheme.value })
  }
  useSignalEffect(draw)
  useEffect(() => {
    const observer = new ResizeObserver(draw)
    if (canvas.current !== null) observer.observe(canvas.current)
    return () => observer.disconnect()
  }, [])

  return (
    <figure class="strip">
      <canvas
        ref={canvas}
        role="img"
        aria-label="The last frames: doubt as height, how much is let pass as a line"
      />
    </figure>
  )
}
