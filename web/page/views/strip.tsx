import { useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { drawStrip } from './draw-strip.ts'
import { usePage } from './page-context.ts'

/** The last frames as bars: entropy is the height, colour says who answered. */
export function Strip(): VNode {
  const { app } = usePage()
  const canvas = useRef<HTMLCanvasElement>(null)

  const draw = (): void => {
    // Read first: whatever happens below, the next change draws again.
    const { revision } = app.session.view.value
    const { thresholdNats } = app.gate.value
    const classes = app.bundle.opened.value?.manifest.classNames.length ?? 2
    if (canvas.current !== null && revision >= 0) drawStrip(canvas.current, app.session.log, { thresholdNats, classes })
  }
  useSignalEffect(draw)
  useEffect(() => {
    const observer = new ResizeObserver(draw)
    if (canvas.current !== null) observer.observe(canvas.current)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    return () => {
      observer.disconnect()
      scheme.removeEventListener('change', draw)
    }
  }, [])

  return (
    <figure class="strip">
      <canvas ref={canvas} role="img" aria-label="The last frames: entropy as height, the threshold as a line" />
      <figcaption>
        <span class="key" data-outcome="hit">
          here
        </span>
        <span class="key" data-outcome="miss">
          edge
        </span>
        <span class="key" data-outcome="uncertain">
          uncertain
        </span>
        <span class="key" data-outcome="threshold">
          threshold
        </span>
      </figcaption>
    </figure>
  )
}
