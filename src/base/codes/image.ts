/** Codes of images: references, digests, manifests, tar streams, archives and the content store. */
import type { CodeEntry } from '../codes.ts'

export const imageCodes = {
  REF_INVALID: {
    severity: 'error',
    message: '"{text}" is not an image reference: {reason}',
    hint: 'Write it as [registry/]repository[:tag][@digest], for example ghcr.io/acme/app:1.4.',
    explain:
      'An image reference names a registry, a repository and a tag or digest. The repository is lower case; parts are joined by "/". The message names the first rule that the text breaks.',
  },
  TAG_INVALID: {
    severity: 'error',
    message: '"{tag}" is not a tag: {reason}',
    hint: 'A tag has 1 to 128 letters, digits, "_", "." or "-", and does not start with "." or "-".',
    explain: 'Registries refuse tags outside this grammar, so the text is refused before anything is built.',
  },
  REF_TAG_DEFAULTED: {
    severity: 'info',
    message: '"{text}" has no tag, "latest" is used',
    explain: 'A colon separates a tag only when no "/" follows it. Without a tag, or with an empty one, the image tagged "latest" is meant.',
  },
  DIGEST_INVALID: {
    severity: 'error',
    message: '"{text}" is not a digest: {reason}',
    hint: 'A digest is "sha256:" and 64 lower-case hexadecimal digits, or "sha512:" and 128.',
    explain: 'Content is named by the hash of its bytes. Other algorithms and other lengths cannot be verified and are refused.',
  },
  DIGEST_MISMATCH: {
    severity: 'error',
    message: '{what}: expected {expected}, but the bytes give {actual}',
    explain:
      'The bytes that arrived are not the bytes that were announced: a damaged file, a broken proxy, or tampering. Nothing was stored. Fetch or build the content again.',
  },
  SIZE_MISMATCH: {
    severity: 'error',
    message: '{what}: expected {expected} bytes, got {actual}',
    explain: 'The content is shorter or longer than its descriptor says. It was cut, or something was put in its place. Nothing was stored.',
  },
  PLATFORM_INVALID: {
    severity: 'error',
    message: '"{text}" is not a platform: {reason}',
    hint: 'Write os/architecture or os/architecture/variant, for example linux/amd64 or linux/arm/v7.',
    explain: 'A platform names the operating system, the CPU architecture and, for some CPUs, a variant.',
  },
  PLATFORM_NOT_FOUND: {
    severity: 'error',
    message: '{what} has no image for {platform}; it has {available}',
    hint: 'Choose one of the platforms that exist.',
    explain: 'The name stands for several images, one per platform, and none of them fits the platform that was asked for.',
  },
  MANIFEST_INVALID: {
    severity: 'error',
    message: 'the manifest of {what} cannot be used: {reason}',
    explain:
      'A manifest lists the configuration and the layers of an image. This one is not JSON, lacks a required field, or is of a kind that is no longer supported (such as Docker schema 1).',
  },
  CONFIG_INVALID: {
    severity: 'error',
    message: 'the configuration of {what} cannot be used: {reason}',
    explain: 'The configuration of an image names its platform, its layers by diffID and how to start it. This one is not such a document.',
  },
  IMAGE_INCONSISTENT: {
    severity: 'error',
    message: '{what}: {reason}',
    explain: 'The parts of an image do not fit together, for example layers and diffIDs differ in number or a digest is not the digest of its bytes.',
  },
  COMPRESSION_UNKNOWN: {
    severity: 'error',
    message: '{what} is compressed with {format}, which is not supported',
    hint: 'Use gzip, zstd or no compression.',
    explain: 'Layers are read when they are plain, gzip or zstd. Other formats are not part of the image specification.',
  },
  TAR_CORRUPT: {
    severity: 'error',
    message: 'the tar stream is damaged at byte {offset}: {reason}',
    explain: 'The archive was cut, is not a tar archive, or was damaged. Make it again from its source.',
  },
  TAR_UNWRITABLE: {
    severity: 'error',
    message: '"{path}" cannot be put in a tar archive: {reason}',
    explain: 'The entry holds something that the format has no place for, or the file changed while it was read.',
  },
  TAR_PATH_ESCAPES: {
    severity: 'error',
    message: '"{path}" points outside the archive: {reason}',
    explain: 'An archive entry with ".." or a link that leaves its folder could overwrite files of the machine. Such archives are refused.',
  },
  ARCHIVE_UNREADABLE: {
    severity: 'error',
    message: '{path} is not an image archive: {reason}',
    hint: 'Use an archive written by slipway, docker save, skopeo, kaniko or buildx, or an OCI layout folder.',
    explain: 'An image archive holds manifest.json (docker) or index.json with oci-layout (OCI). Neither could be read.',
  },
  ARCHIVE_NOT_FOUND: {
    severity: 'error',
    message: '{path} does not exist',
    hint: 'Check the path; relative paths start at the current folder, in a pipeline at /harness.',
    explain: 'The archive or layout folder that was named is not there.',
  },
  ARCHIVE_DAMAGED: {
    severity: 'error',
    message: '{path} is no sound archive: {reason}',
    hint: 'Make it again from its source.',
    explain:
      'The file was cut, was damaged, is not a tar archive, or was made to do harm: more entries, layers or unpacked bytes than an honest image has. Nothing was taken from it.',
  },
  ARCHIVE_ENTRY_WRONG: {
    severity: 'error',
    message: '{path}: entry "{entry}" {reason}',
    explain:
      'One entry of the archive points outside it, has another size than its descriptor says, or is larger than a document may be. The archive was damaged or tampered with; nothing was taken from it.',
  },
  UNPACKED_TOO_LARGE: {
    severity: 'error',
    message: '{what} has {packed} bytes and unpacks to more than {limit}',
    explain: 'Compressed data that grows beyond all proportion is an attack on memory, disk or patience. Unpacking was stopped.',
  },
  ARCHIVE_DUPLICATE: {
    severity: 'error',
    message: '{path} holds "{entry}" twice',
    explain: 'Two entries with one name make it unclear which bytes are meant, and tools disagree about it. Such archives are refused.',
  },
  ARCHIVE_MISSING_BLOB: {
    severity: 'error',
    message: '{path} lacks "{entry}", which its manifest names',
    explain: 'The archive is incomplete: it was cut or its parts were removed. Make it again.',
  },
  ARCHIVE_AMBIGUOUS: {
    severity: 'error',
    message: '{path} holds several images: {names}',
    hint: 'Say which one by its tag.',
    explain: 'An archive can hold several images. Without a name it is not clear which one is meant.',
  },
  ARCHIVE_NO_SUCH_IMAGE: {
    severity: 'error',
    message: 'image {name} not found in {path}; it holds {names}',
    explain: 'The archive was read, but none of its images has the name that was asked for.',
  },
  DOCKER_UNREACHABLE: {
    severity: 'error',
    message: 'the Docker Engine at {engine} cannot be reached: {reason}',
    hint: 'Check DOCKER_HOST; without it the socket is unix:///var/run/docker.sock.',
    explain:
      'Loading into Docker and saving from it go through the engine’s socket. Nobody answered there, or the connection broke. Nothing else in Slipway needs Docker.',
  },
  DOCKER_HOST_UNKNOWN: {
    severity: 'error',
    message: '"{host}" is no address of a Docker Engine that can be used',
    hint: 'Use unix:///PATH or tcp://HOST:PORT.',
    explain:
      'Sockets of this machine and TCP are supported; TLS when DOCKER_TLS_VERIFY is set, with the certificates of DOCKER_CERT_PATH. For an engine behind SSH, forward its socket to this machine.',
  },
  DOCKER_TOO_OLD: {
    severity: 'error',
    message: 'the Docker Engine at {engine} speaks API {api}; {oldest} is the oldest that is supported',
    hint: 'Docker 17.06 and later will do.',
    explain: 'The version of the API is asked for before anything else. This one is older than what Slipway speaks, or the answer is not from a Docker Engine.',
  },
  DOCKER_REFUSED: {
    severity: 'error',
    message: 'the Docker Engine at {engine}, asked for {what}, answers {status}: {reason}',
    explain: 'The engine was reached and refused, or gave an answer that makes no sense. The text after the number is the engine’s own.',
  },
  DOCKER_NO_SUCH_IMAGE: {
    severity: 'error',
    message: 'the Docker Engine at {engine} has no image {name}',
    hint: 'See docker images.',
    explain: 'The name or ID was not found among the images of the engine. Names without a tag mean the tag latest.',
  },
  CHANGE_TARGET_NEEDED: {
    severity: 'error',
    message: 'nothing says where the new image shall go',
    hint: 'Name targets after the image, or --tag to keep it in the image store.',
    explain: 'mutate and rebase never change an image in its place: the new image goes to the targets, or gets a name in the image store.',
  },
  AMOUNT_INVALID: {
    severity: 'error',
    message: '{option} cannot be "{text}"',
    hint: 'For example: {example}',
    explain: 'The value of the option is not written in a way that is understood. The hint shows one that is.',
  },
  DOCKER_NAME_NEEDED: {
    severity: 'error',
    message: 'the Docker Engine gives images their IDs itself: {name} cannot be the name of a target',
    hint: 'Name the target: docker-daemon:NAME:TAG',
    explain: 'An image of the engine may be read by its ID, but what is loaded into the engine needs a name and a tag.',
  },
  DOCKER_LOAD_FAILED: {
    severity: 'error',
    message: 'the Docker Engine at {engine} could not load the archive: {reason}',
    explain: 'The engine read the archive and refused it, or was out of room. The text at the end is the engine’s own.',
  },
  BLOB_NOT_FOUND: {
    severity: 'error',
    message: '{digest} is not in the content store',
    explain: 'The content was never stored here, or was removed by garbage collection. Pull or build the image again.',
  },
  FOLDER_LOCKED: {
    severity: 'error',
    message: 'another process has been writing to {folder} for a minute',
    hint: 'If none does, remove {file}.',
    explain:
      'Writers of one OCI layout take turns with its index, each for a moment. A lock whose owner has ended is taken over where that can be told, which is on Linux.',
  },
} as const satisfies Record<string, CodeEntry>
