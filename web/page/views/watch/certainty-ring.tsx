import type { VNode } from 'preact'
import { formatCertainty } from '../format.ts'

const radius = 26
const round = 2 * Math.PI * radius

export interface CertaintyRingProps {
  /** 0 to 1; undefined where there is nothing to be sure of. */
  readonly certainty: number | undefined
  readonly outcome: string
}

/** How sure the network is, as a ring that fills. The number in it says the same. */
export function CertaintyRing({ certainty, outcome }: CertaintyRingProps): VNode {
  const filled = (certainty ?? 0) * round
  return (
    <div class="ring" data-testid="certainty" data-outcome={outcome}>
      <svg viewBox="0 0 60 60" aria-hidden="true">
        <circle class="ring-track" cx="30" cy="30" r={radius} />
        {filled > 0 && (
          <circle
            class="ring-value"
            cx="30"
            cy="30"
            r={radius}
            stroke-dasharray={`${filled.toFixed(1)} ${round.toFixed(1)}`}
            transform="rotate(-90 30 30)"
          />
        )}
      </svg>
      <p>
        {certainty === undefined ? '?' : formatCertainty(certainty)}
        <span class="visually-hidden">{certainty === undefined ? ' not known' : ' sure'}</span>
      </p>
    </div>
  )
}
