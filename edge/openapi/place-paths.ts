import type { ErrorCode } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { bundleId, placeId } from './parameters.ts'
import { guarded, json, ref, refusals } from './responses.ts'

const ofPlaces: readonly ErrorCode[] = [...guarded, 'bundle-unknown', 'learning-off', 'learning-away']
const ofPublishing: readonly ErrorCode[] = [
  'bundle-changed',
  'bundle-unreadable',
  'storage-failed',
  'config-invalid',
]

/** Places that an edge learns. */
export const placePaths = {
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
  [apiPaths.placeReport('{bundleId}', '{placeId}')]: {
    get: {
      operationId: 'reportPlace',
      summary: 'All that is known of a place: what it gained, checks since, what is seen there',
      parameters: [bundleId, placeId],
      responses: { '200': json('The report', 'PlaceReport'), ...refusals([...ofPlaces, 'place-unknown']) },
    },
  },
  [apiPaths.placePictures('{bundleId}', '{placeId}')]: {
    get: {
      operationId: 'placePictures',
      summary:
        'A few of the frames that are kept of a place, as small pictures; never stored by whoever asks',
      parameters: [bundleId, placeId],
      responses: {
        '200': json('The pictures; none where no frame is kept', 'PlacePictures'),
        ...refusals([...ofPlaces, 'place-unknown']),
      },
    },
  },
}
