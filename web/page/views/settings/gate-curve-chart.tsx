import type { VNode } from 'preact'
import type { GatePoint } from '../../../../core/bundle/manifest.ts'

interface GateCurveProps {
  readonly curve: readonly GatePoint[]
  readonly thresholdNats: number
  readonly mostNats: number
}

const width = 320
const height = 96

/** Coverage and accuracy over the threshold, with a line where it stands. What it says is written under it, too. */
export function GateCurveChart({ curve, thresholdNats, mostNats }: GateCurveProps): VNode {
  const points = [...curve].sort((a, b) => a.thresholdNats - b.thresholdNats)
  const across = (nats: number): number => Math.min(1, nats / mostNats) * width
  const line = (valueOf: (point: GatePoint) => number): string =>
    points.map((point) => `${across(point.thresholdNats).toFixed(1)},${((1 - valueOf(point)) * (height - 4) + 2).toFixed(1)}`).join(' ')
  const at = across(thresholdNats)
  return (
    <figure class="curve">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline class="curve-coverage" points={line(({ coverage }) => coverage)} />
        <polyline class="curve-accuracy" points={line(({ accuracyOfWhole }) => accuracyOfWhole)} />
        <line class="curve-threshold" x1={at} x2={at} y1={0} y2={height} />
      </svg>
      <figcaption>
        <span class="key" data-colour="hit">
          answered here
        </span>
        <span class="key" data-colour="miss">
          right overall
        </span>
      </figcaption>
    </figure>
  )
}
