import { CacheNetError } from '../wire/errors.ts'
import { checkManifest } from './check-manifest.ts'
import { manifestSchema, type Manifest } from './manifest.ts'
import { readableSchemaVersions } from './schema-version.ts'
import { upgradeManifest } from './upgrade-manifest.ts'

/**
 * Reads a manifest from outside (disk, network, cache).
 * Throws `manifest-version-unsupported` for another schema version, `manifest-invalid` for anything else that
 * is wrong with it.
 */
export function parseManifest(value: unknown): Manifest {
  const version: unknown =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (typeof version === 'number' && !readableSchemaVersions.includes(version)) {
    throw new CacheNetError(
      'manifest-version-unsupported',
      `This bundle has schema version ${version}, and this program reads ${readableSchemaVersions.join(', ')}. Update the older of the two.`,
      { found: version, supported: readableSchemaVersions },
    )
  }
  const parsed = manifestSchema.safeParse(upgradeManifest(value))
  if (!parsed.success) {
    throw new CacheNetError('manifest-invalid', 'The manifest is not one of a CacheNet bundle.', {
      issues: parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`),
    })
  }
  checkManifest(parsed.data)
  return parsed.data
}
