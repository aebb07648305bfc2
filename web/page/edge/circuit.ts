import { backoffMs, type BackoffOptions } from './backoff.ts'

/**
 * Keeps frames from waiting for an edge that does not answer. *Closed*: frames go through. *Open*: none does,
 * until a time. *Half-open*: one probe is on its way; its outcome closes or opens the circuit again.
 */
export type CircuitState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly probeAtMs: number; readonly openings: number }
  | { readonly kind: 'half-open'; readonly openings: number }

export type CircuitEvent =
  | { readonly kind: 'succeeded' }
  /** `isFinal`: reason enough by itself, such as a frame that waited for its whole time limit. */
  | { readonly kind: 'failed'; readonly isFinal?: boolean }
  | { readonly kind: 'probe-started' }

export interface CircuitOptions extends BackoffOptions {
  readonly failuresToOpen: number
}

export const defaultCircuit: CircuitOptions = { failuresToOpen: 3, baseMs: 1000, maxMs: 5000 }

export const closedCircuit: CircuitState = { kind: 'closed', failures: 0 }

function opened(
  openings: number,
  nowMs: number,
  options: CircuitOptions,
  random: () => number,
): CircuitState {
  return { kind: 'open', openings: openings + 1, probeAtMs: nowMs + backoffMs(openings, options, random) }
}

/** Pure: (state, event) → state. Times are whatever clock `nowMs` comes from. */
export function stepCircuit(
  state: CircuitState,
  event: CircuitEvent,
  nowMs: number,
  random: () => number,
  options: CircuitOptions = defaultCircuit,
): CircuitState {
  switch (event.kind) {
    case 'succeeded':
      return closedCircuit
    case 'failed': {
      if (state.kind === 'half-open') return opened(state.openings, nowMs, options, random)
      // A frame that was on its way when the circuit opened says nothing new.
      if (state.kind === 'open') return state
      const failures = state.failures + 1
      return failures >= options.failuresToOpen || event.isFinal === true
        ? opened(0, nowMs, options, random)
        : { kind: 'closed', failures }
    }
    case 'probe-started':
      return state.kind === 'open' ? { kind: 'half-open', openings: state.openings } : state
    default:
      return event satisfies never
  }
}
