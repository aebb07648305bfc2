import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'

const plain: ReadonlySet<string> = new Set([
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  apiPaths.bundles,
  apiPaths.session,
  apiPaths.openapi,
  apiPaths.docs,
])
const bundlePath = /^\/api\/v1\/bundles\/[^/]+\/(frames|manifest\.json|places)$/
const placePath = /^\/api\/v1\/bundles\/[^/]+\/places\/[^/]+(\/report|\/pictures|)$/

/** The route of a path, as a label: of few values, whatever a client asks for. */
export function routeName(path: string): string {
  if (plain.has(path)) return path
  if (parseBlobPath(path) !== undefined) return apiPaths.blob(':bundle', ':sha256')
  const [, last] = bundlePath.exec(path) ?? []
  if (last !== undefined) return `/api/v1/bundles/:bundle/${last}`
  const [, part] = placePath.exec(path) ?? []
  if (part !== undefined) return `${apiPaths.place(':bundle', ':place')}${part}`
  return path.startsWith('/api/') ? 'unknown' : 'page'
}
