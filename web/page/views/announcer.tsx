import { useSignal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { isGuess, isNone, noneText } from './watch/answer-badge.ts'
import { usePage } from './page-context.ts'

/** So often at most: a screen reader that is told of every frame says nothing that can be understood. */
const intervalMs = 4000

/** Tells a screen reader what is seen, when that changes, and not too often. */
export function Announcer(): VNode {
  const { app } = usePage()
  const text = useSignal('')
  const last = useRef({ atMs: -Infinity, label: '' })
  useSignalEffect(() => {
    const answer = app.streamView.answer.value
    const now = performance.now()
    if (answer === undefined || answer.isPending || now - last.current.atMs < intervalMs) return
    const label = isNone(answer) ? noneText : answer.label
    if (label === last.current.label) return
    last.current = { atMs: now, label }
    text.value = isGuess(answer) && !isNone(answer) ? `Uncertain, perhaps ${label}` : label
  })
  return (
    <p class="visually-hidden" aria-live="polite">
      {text.value}
    </p>
  )
}
