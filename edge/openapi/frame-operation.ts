import {
  auditHeader,
  hitsHeader,
  holdsHeader,
  imageFrameTypes,
  manifestHeader,
  rawFrameType,
} from '../../core/wire/frames.ts'
import { checkedHeader, checkedPattern, learnHeader, learnStreamPattern } from '../../core/wire/places.ts'
import { bundleId, header } from './parameters.ts'
import { binary, guarded, json, refusals } from './responses.ts'

/** What a device asks about a frame that it is uncertain of. */
export const frameOperation = {
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
      checkedHeader,
      'With a stream that is learned from: of the frames that it sent before, where the device had been certain, whether the full model said the same under the same scene (1) or not (0).',
      { type: 'string', pattern: checkedPattern.source },
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
