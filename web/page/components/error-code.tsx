import type { VNode } from 'preact'

/**
 * What programs call an error: for whoever reports it, and out of the way of whoever only wants to know what
 * happened.
 */
export function ErrorCode({ code }: { readonly code: string }): VNode {
  return (
    <details class="error-code">
      <summary>Details</summary>
      <code>{code}</code>
    </details>
  )
}
