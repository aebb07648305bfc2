import { z } from 'zod'
import { identifierPattern } from '../../core/bundle/identifier.ts'
import { manifestSchema } from '../../core/bundle/manifest.ts'
import { placeFileSchema } from '../../core/places/place-file.ts'
import { errorBodySchema } from '../../core/wire/error-body.ts'
import { errorStatus, type ErrorCode } from '../../core/wire/errors.ts'
import {
  apiPaths,
  auditHeader,
  bundleListSchema,
  frameAnswerSchema,
  hitsHeader,
  holdsHeader,
  imageFrameTypes,
  manifestHeader,
  rawFrameType,
} from '../../core/wire/frames.ts'
import {
  learnHeader,
  learnStreamPattern,
  placeIdPattern,
  placeListSchema,
  renamePlaceSchema,
  importedPlaceSchema,
} from '../../core/wire/places.ts'

/**
 * A schema of the wire as JSON Schema, which OpenAPI 3.1 takes as it is. What is sent is described, defaults
 * filled in.
 */
function jsonSchema(schema: z.core.$ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' })
  return rest
}

const ref = (name: string): Record<string, unknown> => ({ $ref: `#/components/schemas/${name}` })
const json = (description: string, schema: string): Record<string, unknown> => ({
  description,
  content: { 'application/json': { schema: ref(schema) } },
})
const text = (description: string): Record<string, unknown> => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
})

/** One response for each status, naming the codes that come under it. */
function refusals(codes: readonly ErrorCode[]): Record<string, unknown> {
  return Object.fromEntries(
    [...groupByStatus(codes)].map(([status, names]) => [String(status), json(names.join(', '), 'Error')]),
  )
}

function groupByStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>()
  for (const code of codes) groups.set(errorStatus[code], [...(groups.get(errorStatus[code]) ?? []), code])
  return groups
}

const guarded: readonly ErrorCode[] = ['unauthorized', 'host-unknown', 'rate-limited', 'internal']
const path = (name: string, description: string, pattern: string): Record<string, unknown> => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', pattern },
})
const header = (
  name: string,
  description: string,
  schema: Record<string, unknown>,
): Record<string, unknown> => ({ name, in: 'header', description, schema })
const bundleId = path('bundleId', 'Id of a bundle', identifierPattern.source)
const placeId = path('placeId', 'Id of a place', placeIdPattern.source)
const ofPlaces: readonly ErrorCode[] = [...guarded, 'bundle-unknown', 'learning-off', 'learning-away']
const ofPublishing: readonly ErrorCode[] = [
  'bundle-changed',
  'bundle-unreadable',
  'storage-failed',
  'config-invalid',
]
const sha256 = path('sha256', 'SHA-256 of the blob', '^[0-9a-f]{64}$')
const binary = { schema: { type: 'string', format: 'binary' } }

const frameOperation = {
  operationId: 'answerFrame',
  summary: 'Have a frame answered by the full model, and a partition chosen',
  parameters: [
    bundleId,
    header(
      holdsHeader,
      'Resident partitions, most recently used first: `p1=whole,p3=delta`. The delta of a chosen partition that is not among them comes inside the answer; without this header none does.',
      { type: 'string' },
    ),
    header(
      auditHeader,
      'The class index that the device gave this frame: an audit of a hit. Served after all misses, refused first.',
      { type: 'integer', minimum: 0 },
    ),
    header(
      manifestHeader,
      'SHA-256 of the manifest that the device holds, in hexadecimal: its ETag. Where the edge has another version of the bundle, it refuses the frame (bundle-changed); every answer says which it has, under the same name.',
      { type: 'string' },
    ),
    header(
      learnHeader,
      'The edge may keep this frame, with its answer, to learn the place; names the stream. Sent only while the person wants that, and only to an edge that learns this bundle.',
      { type: 'string', pattern: learnStreamPattern.source },
    ),
    header(hitsHeader, 'Frames that the device answered itself since the last one that it sent.', {
      type: 'integer',
      minimum: 0,
    }),
  ],
  requestBody: {
    required: true,
    description: `Bare RGB bytes at the size that the full model reads (\`${rawFrameType}\`), or an image that the edge scales`,
    content: Object.fromEntries([rawFrameType, ...imageFrameTypes].map((type) => [type, binary])),
  },
  responses: {
    '200': json('The answer', 'FrameAnswer'),
    ...refusals([
      ...guarded,
      'frame-empty',
      'frame-size-wrong',
      'frame-damaged',
      'request-invalid',
      'request-timeout',
      'frame-too-large',
      'frame-type-unsupported',
      'frame-not-an-image',
      'bundle-unknown',
      'bundle-changed',
      'edge-overloaded',
      'edge-stopping',
      'edge-timeout',
      'engine-failed',
      'worker-crashed',
    ]),
  },
}

/** OpenAPI 3.1 of everything that the edge answers, made from the schemas that it answers with. */
export function openapiDocument(): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'CacheNet edge',
      version: '1',
      description:
        'Answers the frames that phones are uncertain of, chooses the partition for those that follow, and serves bundles. Every refusal is an Error with a stable code.',
    },
    security: [{}, { token: [] }, { session: [] }],
    paths: {
      [apiPaths.bundles]: {
        get: {
          operationId: 'listBundles',
          summary: 'Bundles that this edge serves',
          responses: { '200': json('The list', 'BundleList'), ...refusals(guarded) },
        },
      },
      [apiPaths.manifest('{bundleId}')]: {
        get: {
          operationId: 'manifest',
          summary: 'Manifest of a bundle, with a strong ETag',
          parameters: [bundleId],
          responses: {
            '200': json('The manifest', 'Manifest'),
            '304': { description: 'Not changed' },
            ...refusals([...guarded, 'bundle-unknown']),
          },
        },
      },
      [apiPaths.blob('{bundleId}', '{sha256}')]: {
        get: {
          operationId: 'blob',
          summary: 'Weights; they never change, and may be kept for ever',
          parameters: [bundleId, sha256],
          responses: {
            '200': { description: 'The bytes', content: { [rawFrameType]: binary } },
            '304': { description: 'Not changed' },
            ...refusals([...guarded, 'bundle-unknown', 'blob-unknown']),
          },
        },
      },
      [apiPaths.frames('{bundleId}')]: { post: frameOperation },
      [apiPaths.places('{bundleId}')]: {
        get: {
          operationId: 'listPlaces',
          summary: 'Places that the edge learns for a bundle: what it keeps, and what came of it',
          parameters: [bundleId],
          responses: { '200': json('The places', 'PlaceList'), ...refusals(ofPlaces) },
        },
        post: {
          operationId: 'importPlace',
          summary: 'Take a learned place from a file; the bundle is published with its partition',
          parameters: [bundleId],
          requestBody: { required: true, content: { 'application/json': { schema: ref('PlaceFile') } } },
          responses: {
            '201': json('The place here', 'ImportedPlace'),
            ...refusals([...ofPlaces, ...ofPublishing, 'request-invalid']),
          },
        },
        delete: {
          operationId: 'forgetPlaces',
          summary: 'Delete all that was kept and learned of places',
          parameters: [bundleId],
          responses: { '204': { description: 'Done' }, ...refusals([...ofPlaces, ...ofPublishing]) },
        },
      },
      [apiPaths.place('{bundleId}', '{placeId}')]: {
        get: {
          operationId: 'exportPlace',
          summary: 'A learned place as a file, for another edge with the same bundle',
          parameters: [bundleId, placeId],
          responses: {
            '200': json('The file', 'PlaceFile'),
            ...refusals([...ofPlaces, 'place-unknown', 'place-not-learned']),
          },
        },
        patch: {
          operationId: 'renamePlace',
          summary: 'Give a place a name',
          parameters: [bundleId, placeId],
          requestBody: { required: true, content: { 'application/json': { schema: ref('RenamePlace') } } },
          responses: {
            '204': { description: 'Done' },
            ...refusals([...ofPlaces, 'place-unknown', 'request-invalid']),
          },
        },
        delete: {
          operationId: 'forgetPlace',
          summary: 'Delete what was kept and learned of a place; the bundle is published without it',
          parameters: [bundleId, placeId],
          responses: {
            '204': { description: 'Done' },
            ...refusals([...ofPlaces, ...ofPublishing, 'place-unknown']),
          },
        },
      },
      [apiPaths.session]: {
        post: {
          operationId: 'openSession',
          summary: 'Trade the access token for a cookie that no script can read',
          responses: { '204': { description: 'Done' }, ...refusals(guarded) },
        },
      },
      '/healthz': {
        get: {
          operationId: 'alive',
          summary: 'The process is alive',
          security: [{}],
          responses: { '200': json('Alive', 'Health') },
        },
      },
      '/readyz': {
        get: {
          operationId: 'ready',
          summary: 'It can answer frames: with which engine, for which bundles',
          security: [{}],
          responses: { '200': json('Ready', 'Readiness'), ...refusals(['edge-stopping', 'worker-crashed']) },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Metrics for Prometheus',
          responses: { '200': text('The metrics'), ...refusals(guarded) },
        },
      },
    },
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Only where the edge was started with a token',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'cachenet-session',
          description: 'Over https it is called __Host-cachenet-session',
        },
      },
      schemas: {
        BundleList: jsonSchema(bundleListSchema),
        Manifest: jsonSchema(manifestSchema),
        FrameAnswer: jsonSchema(frameAnswerSchema),
        PlaceList: jsonSchema(placeListSchema),
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
      },
    },
  }
}
