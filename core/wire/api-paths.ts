import { identifierGroup } from '../bundle/identifier.ts'

/** Paths of the API, shared by edge, page and service worker. */
export const apiPaths = {
  bundles: '/api/v1/bundles',
  manifest: (bundleId: string): string => `/api/v1/bundles/${bundleId}/manifest.json`,
  blob: (bundleId: string, sha256: string): string => `/api/v1/bundles/${bundleId}/blobs/${sha256}.bin`,
  frames: (bundleId: string): string => `/api/v1/bundles/${bundleId}/frames`,
  places: (bundleId: string): string => `/api/v1/bundles/${bundleId}/places`,
  place: (bundleId: string, placeId: string): string => `/api/v1/bundles/${bundleId}/places/${placeId}`,
  placeReport: (bundleId: string, placeId: string): string =>
    `/api/v1/bundles/${bundleId}/places/${placeId}/report`,
  placePictures: (bundleId: string, placeId: string): string =>
    `/api/v1/bundles/${bundleId}/places/${placeId}/pictures`,
  session: '/api/v1/session',
  openapi: '/api/v1/openapi.json',
  docs: '/api/v1/docs',
} as const

const blobPath = new RegExp(`^/api/v1/bundles/${identifierGroup}/blobs/([0-9a-f]{64})\\.bin$`)

/** Finds the bundle and hash in the path of a blob; undefined for any other path. */
export function parseBlobPath(pathname: string): { bundleId: string; sha256: string } | undefined {
  const match = blobPath.exec(pathname)
  const [, bundleId, sha256] = match ?? []
  return bundleId === undefined || sha256 === undefined ? undefined : { bundleId, sha256 }
}
