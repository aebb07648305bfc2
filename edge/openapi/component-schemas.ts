import { z } from 'zod'
import { manifestSchema } from '../../core/bundle/manifest.ts'
import { placeFileSchema } from '../../core/places/place-file.ts'
import { errorBodySchema } from '../../core/wire/error-body.ts'
import { bundleListSchema, frameAnswerSchema } from '../../core/wire/frames.ts'
import { placePicturesSchema } from '../../core/wire/place-pictures.ts'
import { placeReportSchema } from '../../core/wire/place-report.ts'
import { importedPlaceSchema, placeListSchema, renamePlaceSchema } from '../../core/wire/places.ts'

/**
 * A schema of the wire as JSON Schema, which OpenAPI 3.1 takes as it is. What is sent is described, defaults
 * filled in.
 */
function jsonSchema(schema: z.core.$ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' })
  return rest
}

/** What is sent and answered, by the names that the operations know it by. */
export const componentSchemas = (): Record<string, Record<string, unknown>> => ({
  BundleList: jsonSchema(bundleListSchema),
  Manifest: jsonSchema(manifestSchema),
  FrameAnswer: jsonSchema(frameAnswerSchema),
  PlaceList: jsonSchema(placeListSchema),
  PlaceReport: jsonSchema(placeReportSchema),
  PlacePictures: jsonSchema(placePicturesSchema),
  PlaceFile: jsonSchema(placeFileSchema),
  ImportedPlace: jsonSchema(importedPlaceSchema),
  RenamePlace: jsonSchema(renamePlaceSchema),
  Error: jsonSchema(errorBodySchema),
  Health: jsonSchema(z.object({ status: z.literal('alive') })),
  Readiness: jsonSchema(
    z.object({
      status: z.literal('ready'),
      engine: z.string(),
      defaultBundle: z.string(),
      bundles: z.array(z.string()),
    }),
  ),
})
