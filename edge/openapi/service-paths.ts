import { apiPaths } from '../../core/wire/frames.ts'
import { guarded, json, refusals, text } from './responses.ts'

/** The edge itself: whom it lets in, and how it is. */
export const servicePaths = {
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
}
