/** A task in the client. Every operation that returns a task selects these fields. */
import { graphql } from './generated/gql.ts';
import type { TaskFieldsFragment } from './generated/graphql.ts';

export const taskFields = graphql(`
  fragment TaskFields on Task {
    id
    scene
    provider {
      id
      label
      sandbox
    }
    model {
      id
      label
    }
    prompt
    options
    providerOptions
    removedReferences
    referenceImages {
      id
      thumbnailUrl
      width
      height
    }
    status
    progress {
      percent
      source
      etaSeconds
    }
    images {
      id
      url
      downloadUrl
      thumbnailUrl
      thumbhash
      width
      height
      favorite
    }
    removedImages
    imagesExpiredAt
    failure {
      code
      retryable
    }
    costCredits
    refundedCredits
    version
    createdAt
    startedAt
    completedAt
    deadlineAt
    parent {
      id
    }
  }
`);

export type Task = TaskFieldsFragment;
export type TaskImage = Task['images'][number];

/** An image that the server has: a result, or the reference of an earlier request. */
export interface ServerImage {
  id: string;
  thumbnailUrl: string;
  width: number;
  height: number;
}

/** Whether the task is not final yet. */
export function isUnfinished(task: Pick<Task, 'status'>): boolean {
  return task.status === 'PENDING' || task.status === 'PROCESSING';
}

/** How many images were requested. */
export function askedImages(task: Pick<Task, 'options'>): number {
  const { count } = task.options;
  return typeof count === 'number' && count >= 1 ? count : 1;
}

/** The code of an image: 29, 29A, 29B, … as film counts. */
export function imageCode(taskNumber: string, index: number): string {
  return index === 0 ? taskNumber : `${taskNumber}${String.fromCharCode(64 + index)}`;
}

/** Width divided by height of the images: of the first one, or as the request asked for. */
export function imageRatio(task: Pick<Task, 'images' | 'options' | 'referenceImages'>): number {
  const image = task.images[0];
  if (image) return image.width / image.height;
  return requestedRatio(task.options['aspectRatio'], task.referenceImages[0]);
}

/** The aspect ratio that keeps the shape of the first reference image. */
export const matchInputImage = 'match_input_image';

/** Width divided by height for an `aspectRatio` option; 1 if it cannot be derived. */
export function requestedRatio(
  aspectRatio: unknown,
  reference: { width: number; height: number } | undefined,
): number {
  const [, width, height] = /^(\d+):(\d+)$/.exec(String(aspectRatio)) ?? [];
  if (width && height) return Number(width) / Number(height);
  return aspectRatio === matchInputImage && reference ? reference.width / reference.height : 1;
}
