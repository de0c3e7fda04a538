/** The operations of the client. Their types are generated from them and `schema.graphql`. */
import type * as Types from './generated/operations.ts';

/**
 * A document with the types of its data and variables: a string, or a `TypedDocumentString` of GraphQL Code Generator
 * (`documentMode: 'string'`).
 */
export interface TypedDocument<Data, Variables> {
  trim(): string;
  readonly __apiType?: ((variables: Variables) => Data) | undefined;
}

const imageFields = /* operation */ `fragment ImageFields on Image {
  id url downloadUrl thumbnailUrl thumbhash width height contentType byteSize createdAt source
}`;

const taskFields = /* operation */ `fragment TaskFields on Task {
  id version status scene prompt options providerOptions costCredits refundedCredits
  model { id name label }
  provider { id name label sandbox }
  progress { percent source etaSeconds }
  failure { code message retryable }
  images { ...ImageFields }
  referenceImages { id }
  createdAt startedAt completedAt deadlineAt
} ${imageFields}`;

export const generateImage: TypedDocument<Types.GenerateImageMutation, Types.GenerateImageMutationVariables> =
  /* operation */ `mutation GenerateImage($input: GenerateImageInput!) {
  generateImage(input: $input) { task { ...TaskFields } }
} ${taskFields}`;

export const retryTask: TypedDocument<Types.RetryTaskMutation, Types.RetryTaskMutationVariables> =
  /* operation */ `mutation RetryTask($id: ID!, $idempotencyKey: String) {
  retryTask(id: $id, idempotencyKey: $idempotencyKey) { task { ...TaskFields } }
} ${taskFields}`;

export const cancelTask: TypedDocument<Types.CancelTaskMutation, Types.CancelTaskMutationVariables> =
  /* operation */ `mutation CancelTask($id: ID!) { cancelTask(id: $id) { task { ...TaskFields } } } ${taskFields}`;

export const task: TypedDocument<Types.TaskQuery, Types.TaskQueryVariables> =
  /* operation */ `query Task($id: ID!) { task(id: $id) { ...TaskFields } } ${taskFields}`;

export const taskUpdated = /* operation */ `subscription TaskUpdated($id: ID!) {
  taskUpdated(id: $id) { ...TaskFields }
} ${taskFields}`;

export const tasks: TypedDocument<Types.TasksQuery, Types.TasksQueryVariables> =
  /* operation */ `query Tasks($after: String, $filter: TaskFilter) {
  viewer {
    tasks(first: 20, after: $after, filter: $filter) {
      nodes { ...TaskFields }
      pageInfo { endCursor hasNextPage }
    }
  }
} ${taskFields}`;

/** The file itself is a part of the multipart request. */
export const uploadImage: TypedDocument<Types.UploadImageMutation, { file: null }> =
  /* operation */ `mutation UploadImage($file: File!) {
  uploadImage(file: $file) { image { ...ImageFields } }
} ${imageFields}`;

export const importImage: TypedDocument<Types.ImportImageMutation, Types.ImportImageMutationVariables> =
  /* operation */ `mutation ImportImage($url: String!) {
  importImage(url: $url) { image { ...ImageFields } }
} ${imageFields}`;

export const models: TypedDocument<Types.ModelsQuery, Types.ModelsQueryVariables> =
  /* operation */ `query Models($scene: Scene, $provider: String) {
  models(scene: $scene, provider: $provider) {
    id name label scenes maxImages maxReferenceImages maxReferenceBytes
    provider { id name label sandbox }
    aspectRatios resolutions outputFormats supportsSeed typicalDurationMs
  }
}`;

export const viewer: TypedDocument<Types.ViewerQuery, Types.ViewerQueryVariables> =
  /* operation */ `query Viewer { viewer { id name email credits storage { usedBytes limitBytes } } }`;
