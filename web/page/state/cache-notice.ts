import type { ErrorCode } from '../../../core/wire/errors.ts'
import type { Notice } from './notices.ts'

/** What a person is told of trouble with the storage, which the cache reports unasked. */
export function cacheNotice(code: ErrorCode): Notice {
  const message =
    code === 'cache-quota-exceeded'
      ? 'This device has no room left. Answers still come; what is new is forgotten when the page closes. Lower the budget, or free some space.'
      : 'This browser’s storage makes trouble. Answers still come; what is new may be forgotten when the page closes.'
  return { about: 'storage', kind: 'warning', code, message }
}
