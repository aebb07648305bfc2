import type { Outcome } from '../../stream-log/frame-record.ts'
import type { StreamLog } from '../../stream-log/stream-log.ts'
import { barsThatFit, entropyCeiling, stripBars, thresholdTop } from '../../stream-log/strip-geometry.ts'

export interface StripOptions {
  readonly thresholdNats: number
  readonly classes: number
  /** Its colours are those of the page, whose theme is this. */
  readonly theme: 'light' | 'dark'
}

const outcomes: readonly Outcome[] = ['hit', 'miss', 'uncertain']

/** Draws the strip at the canvas's size on the page, in the colours of the page. */
export function drawStrip(
  canvas: HTMLCanvasElement,
  log: StreamLog,
  { thresholdNats, classes }: StripOptions,
): void {
  const context = canvas.getContext('2d')
  const { clientWidth: width, clientHeight: height } = canvas
  if (context === null || width === 0) return
  const density = Math.min(3, devicePixelRatio)
  const [deviceWidth, deviceHeight] = [Math.round(width * density), Math.round(height * density)]
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth
    canvas.height = deviceHeight
  }
  context.setTransform(density, 0, 0, density, 0, 0)
  context.clearRect(0, 0, width, height)

  const style = getComputedStyle(canvas)
  const ceilingNats = entropyCeiling(classes)
  const bars = stripBars(log.tail(barsThatFit(width)), { width, height }, ceilingNats)
  for (const outcome of outcomes) {
    context.fillStyle = style.getPropertyValue(`--${outcome}`)
    for (const bar of bars)
      if (bar.outcome === outcome) context.fillRect(bar.left, bar.top, bar.width, bar.height)
  }

  const top = thresholdTop(thresholdNats, height, ceilingNats)
  context.strokeStyle = style.getPropertyValue('--ink')
  context.lineWidth = 1
  context.setLineDash([5, 4])
  context.beginPath()
  context.moveTo(0, Math.round(top) + 0.5)
  context.lineTo(width, Math.round(top) + 0.5)
  context.stroke()
}
