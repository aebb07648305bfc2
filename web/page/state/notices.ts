import { signal, type ReadonlySignal } from '@preact/signals'
import type { CacheNetError, ErrorCode } from '../../../core/wire/errors.ts'

export interface NoticeAction {
  readonly label: string
  readonly run: () => void
}

/** Something that a person should know, and what can be done about it. */
export interface Notice {
  /** What it is about: a later notice about the same replaces it. */
  readonly about: string
  readonly kind: 'info' | 'warning' | 'error'
  readonly message: string
  readonly code?: ErrorCode | undefined
  readonly action?: NoticeAction | undefined
}

/** More than that nobody reads; the oldest goes. */
const most = 4

export interface Notices {
  readonly list: ReadonlySignal<readonly Notice[]>
  show(notice: Notice): void
  /** An error in its own words, with its code. */
  showError(about: string, error: CacheNetError): void
  dismiss(about: string): void
}

export function createNotices(): Notices {
  const list = signal<readonly Notice[]>([])
  // Peeked at: whoever shows a notice from within an effect does not follow the list.
  const without = (about: string): Notice[] => list.peek().filter((notice) => notice.about !== about)
  const show = (notice: Notice): void => void (list.value = [...without(notice.about), notice].slice(-most))
  return {
    list,
    show,
    showError: (about, { code, message }) => show({ about, kind: 'error', message, code }),
    dismiss(about) {
      if (list.peek().some((notice) => notice.about === about)) list.value = without(about)
    },
  }
}
