import type { VNode } from 'preact'
import { formatShare } from './format.ts'

const radius = 26
const round = 2 * Math.PI * radius

/** How sure the answer is, as a ring that fills. The number in it says the same. */
export function CertaintyRing({ certainty, outcome }: { readonly certainty: number; readonly outcome: string }): VNode {
  return (
    <div class="ring" data-outcome={outcome}>
      <svg viewBox="0 0 60 60" aria-hidden="true">
        <circle class="ring-track" cx="30" cy="30" r={radius} />
        <circle class="ring-value" cx="30" cy="30" r={radius} stroke-dasharray={`${(certainty * round).toFixed(1)} ${round.toFixed(1)}`} transform="rotate(-90 30 30)" />
      </svg>
      <p>
        {formatShare(certainty)}
        <span class="visually-hidden"> sure</span>
      </p>
    </div>
  )
}
