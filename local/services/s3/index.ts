import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { deleteBucketPolicy, putBucketPolicy, putBucketVersioning } from "./operations/bucket-writes";
import {
  createBucket,
  deleteBucket,
  getBucketEncryption,
  getBucketLocation,
  getBucketPolicy,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from "./operations/buckets";
import { configurationReads } from "./operations/configurations";
import { copyObject } from "./operations/copy-object";
import { deleteObject, deleteObjects } from "./operations/delete-object";
import { getObject, headObject } from "./operations/get-object";
import { listObjects, listObjectsV2 } from "./operations/list-objects";
import { listMultipartUploads, listParts } from "./operations/list-uploads";
import { listObjectVersions } from "./operations/list-versions";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from "./operations/multipart";
import { uploadPartCopy } from "./operations/upload-part-copy";
import { putObject } from "./operations/put-object";
import { s3Resources } from "./resources";
import { routes } from "./routes";
import { ObjectStore } from "./store";
import { Uploads } from "./uploads";
import { pathStyle } from "./virtual-host";
import { encodeError } from "./wire";

/** Amazon S3: objects as plain files below the cloud's folder. */
export interface S3Service extends Service {
  readonly store: ObjectStore;
}

/** Makes the service and sets the `objects` port. */
export function s3Service(cloud: Cloud): S3Service {
  const store = new ObjectStore(cloud);
  const uploads = new Uploads(store);
  cloud.ports.objects = {
    folder: (bucket) => store.bucket(bucket).folder,
    put: async (bucket, key, body) => {
      await store.put(store.bucket(bucket), key, Buffer.isBuffer(body) ? body : Buffer.from(body, "utf8"));
    },
    adopt: async (bucket, key) => {
      await store.adopt(store.bucket(bucket), key);
    },
    get: (bucket, key) => store.read(store.bucket(bucket).get(key)),
    list: (bucket, prefix) => {
      const target = store.bucket(bucket);
      const keys = target.keys().filter((key) => key.startsWith(prefix));
      return Promise.resolve(keys.map((key) => ({ key, size: target.get(key).size })));
    },
    remove: (bucket, key) => store.remove(store.bucket(bucket), key),
  };
  return {
    name: "s3",
    signingName: "s3",
    protocols: [{ kind: "rest", routes, address: pathStyle, encodeError }],
    throttling: "SlowDown",
    store,
    operations: {
      ...configurationReads(store),
      AbortMultipartUpload: abortMultipartUpload(uploads),
      CompleteMultipartUpload: completeMultipartUpload(store, uploads),
      CopyObject: copyObject(store),
      CreateBucket: createBucket(store),
      CreateMultipartUpload: createMultipartUpload(store, uploads),
      DeleteBucket: deleteBucket(store),
      DeleteBucketPolicy: deleteBucketPolicy(store),
      DeleteObject: deleteObject(store),
      DeleteObjects: deleteObjects(store),
      GetBucketEncryption: getBucketEncryption(store),
      GetBucketLocation: getBucketLocation(store),
      GetBucketPolicy: getBucketPolicy(store),
      GetBucketVersioning: getBucketVersioning(store),
      GetObject: getObject(store),
      HeadBucket: headBucket(store),
      HeadObject: headObject(store),
      ListBuckets: listBuckets(store),
      ListMultipartUploads: listMultipartUploads(store, uploads),
      ListObjectVersions: listObjectVersions(store),
      ListObjects: listObjects(store),
      ListObjectsV2: listObjectsV2(store),
      ListParts: listParts(store, uploads),
      PutBucketPolicy: putBucketPolicy(store),
      PutBucketVersioning: putBucketVersioning(store),
      PutObject: putObject(store),
      UploadPart: uploadPart(store, uploads),
      UploadPartCopy: uploadPartCopy(store, uploads),
    },
    resourceTypes: s3Resources(store),
  };
}
