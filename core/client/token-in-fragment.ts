/**
 * The access token in a URL's fragment, as the edge's QR code carries it: what stands behind `#` never leaves
 * the browser, and so is in nobody's log. Undefined where there is none.
 */
export function tokenInFragment(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined
}

/** The fragment that hands a token over. */
export const fragmentOfToken = (token: string): string => `#${new URLSearchParams({ token }).toString()}`
