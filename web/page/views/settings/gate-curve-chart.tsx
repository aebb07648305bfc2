import type { VNode } from 'preact'
import type { GatePoint } from '../../../../core/gate/settings.ts'
import { formatDoubt, formatShare } from '../format.ts'

interface GateCurveProps {
  readonly curve: readonly GatePoint[]
  readonly thresholdNats: number
  readonly mostNats: number
  readonly classes: number
}

const width = 320
const height = 96
/** Where the axes have a number, as shares of their length. */
const marks = [0, 0.5, 1] as const

/**
 * Coverage and accuracy over the doubt that is let pass, with a line where it stands. What it says is
 * written beside it, too.
 */
export function GateCurveChart({ curve, thresholdNats, mostNats, classes }: GateCurveProps): VNode {
  const points = [...curve]
    .sort((a, b) => a.thresholdNats - b.thresholdNats)
    .filter(({ thresholdNats: nats }) => nats <= mostNats)
  const across = (nats: number): number => Math.min(1, nats / mostNats) * width
  const down = (share: number): number => (1 - share) * (height - 4) + 2
  const line = (valueOf: (point: GatePoint) => number): string =>
    points
      .map((point) => `${across(point.thresholdNats).toFixed(1)},${down(valueOf(point)).toFixed(1)}`)
      .join(' ')
  const at = across(thresholdNats)
  return (
    <figure class="curve">
      <div class="curve-box" aria-hidden="true">
        <div class="curve-axis">
          {[...marks].reverse().map((mark) => (
            <span key={mark}>{formatShare(mark)}</span>
          ))}
        </div>
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
          {marks.map((mark) => (
            <line key={mark} class="curve-grid" x1={0} x2={width} y1={down(mark)} y2={down(mark)} />
          ))}
          <polyline class="curve-coverage" points={line(({ coverage }) => coverage)} />
          <polyline class="curve-accuracy" points={line(({ accuracyOfWhole }) => accuracyOfWhole)} />
          <line class="curve-threshold" x1={at} x2={at} y1={0} y2={height} />
        </svg>
        <div class="curve-axis curve-across">
          {marks.map((mark) => (
            <span key={mark}>{formatDoubt(mark * mostNats, classes)}</span>
          ))}
        </div>
        <p class="curve-title">doubt that is let pass</p>
      </div>
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
