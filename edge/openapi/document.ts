import { apiPaths } from '../../core/wire/frames.ts'
import { bundlePaths } from './bundle-paths.ts'
import { componentSchemas } from './component-schemas.ts'
import { frameOperation } from './frame-operation.ts'
import { placePaths } from './place-paths.ts'
import { servicePaths } from './service-paths.ts'

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
      ...bundlePaths,
      [apiPaths.frames('{bundleId}')]: { post: frameOperation },
      ...placePaths,
      ...servicePaths,
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
      schemas: componentSchemas(),
    },
  }
}
