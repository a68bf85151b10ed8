/** Codes of the settings table, and of the image job made from it. */
import type { CodeEntry } from '../codes.ts'

export const settingsCodes = {
  SETTINGS_UNKNOWN_VARIABLE: {
    severity: 'warning',
    message: 'No image plugin reads the variable {name}; it is ignored.',
    explain:
      'A variable named PLUGIN_… is a setting of the image plugins, and this one is in none of their tables. Correct its name or remove it. With --strict this is an error.',
  },
  KANIKO_FAILED: {
    severity: 'error',
    message: 'The executor of kaniko ended with {exit}.',
    hint: 'What it says is in the log of the step. Out of memory: give the step `resources.limits.memory`, which is 500Mi where nobody says anything.',
    explain:
      "The engine kaniko runs kaniko's own executor in a container of the stage's pod, and the executor could not build the image, or not push it. The engine embedded needs less memory and no root.",
  },
  KANIKO_LITTLE_MEMORY: {
    severity: 'warning',
    message: 'The executor of kaniko has 500Mi of memory, as the step says nothing about it.',
    hint: 'Give the step more by `resources.limits.memory`, or leave the engine to `embedded`.',
    explain: 'The executor holds much of what it packs in memory. With little of it, it is ended by the kernel in the middle of a build of any size.',
  },
  KANIKO_LEFT_NOTHING: {
    severity: 'error',
    message: 'The executor of kaniko ended well, but {what} is not there.',
    hint: 'Is `kanikoImage` an image of kaniko? Its program is `/kaniko/executor`.',
    explain: 'What the executor has made is found by the digest that it writes into a file, or in an archive or a folder. That was not there.',
  },
  ENGINE_OUTSIDE_KUBERNETES: {
    severity: 'error',
    message: 'The engine kaniko builds on Kubernetes only, and this step runs on {on}.',
    hint: 'Leave the engine out: the embedded engine builds the same job here, without root. Or run it with --on kubernetes.',
    explain:
      "kaniko's executor unpacks images over the root file system of the container it runs in. It is started in a pod of its own image and nowhere else; `plan` shows how. Until something is about to run, this is a warning.",
  },
  SETTINGS_UNKNOWN_FIELD: {
    severity: 'error',
    message: 'A step of type {type} has no field "{field}".',
    explain: 'The field is not part of this step type, so nothing would happen with it. Check the spelling and the level of indentation.',
  },
  SETTINGS_REQUIRED: {
    severity: 'error',
    message: 'A step of type {type} needs the field {field}.',
    hint: 'Add {field} to the spec of the step.',
    explain: 'The step cannot name what it should push, or where, without this field. Add it to the spec of the step.',
  },
  SETTINGS_TWICE: {
    severity: 'error',
    message: 'The fields "{first}" and "{second}" are two names of one setting.',
    hint: 'Keep one of them.',
    explain: 'Both fields name the image that keeps the layers between builds. Every step type takes either name, but not both at once.',
  },
  SETTINGS_CONFLICT: {
    severity: 'error',
    message: 'The {first} and the {second} are two names of one setting, with different values.',
    hint: 'Keep one of them. The original looks at {name} first and never sees the other.',
    explain:
      'The image plugins know some settings by two variables and use the first one that is present, even when it is empty. Two different values therefore hide a mistake, such as a push nobody wanted, so Slipway does not choose.',
  },
  SETTINGS_OVERRIDDEN: {
    severity: 'warning',
    message: 'The {winner} wins over the {loser}, which says something else.',
    explain:
      "One setting is given on several levels with different values. The step's own variables win, then its fields, outputs of earlier steps, stage variables and pipeline variables. Remove the value that is not meant.",
  },
  SETTINGS_NOT_A_FLAG: {
    severity: 'error',
    message: 'The {what} is "{value}", which is neither true nor false.',
    hint: 'Accepted are true, t, 1 and false, f, 0 (also TRUE, True, T, FALSE, False, F); an empty text is false.',
    explain: 'The original refuses to start when an on-off setting holds any other word, for example yes or on. Use one of the accepted words.',
  },
  SETTINGS_NOT_A_NUMBER: {
    severity: 'error',
    message: 'The {what} is "{value}", which is not a whole number.',
    hint: 'Write digits only, for example 3.',
    explain: 'The setting counts something, such as tries or hours, and takes digits only.',
  },
  SETTINGS_SECRET_NOT_ALLOWED: {
    severity: 'error',
    message: 'The {what} is a secret, but this setting is an on-off switch or a number.',
    hint: 'Write the value itself, or use a variable that is not a secret.',
    explain: 'Slipway plans with the names of secrets, never with their values, so a decision cannot depend on one.',
  },
  SETTINGS_BAD_PAIR: {
    severity: 'error',
    message: 'The {what} holds "{value}", which is not of the form NAME=VALUE.',
    hint: 'A secret can stand for the value, not for the name.',
    explain: 'Labels, build arguments and build secrets are lists of NAME=VALUE. The original drops a malformed item without a word; Slipway stops.',
  },
  SETTINGS_NOT_TEXT: {
    severity: 'error',
    message: 'The {what} holds a list or a map where a text belongs.',
    hint: 'Give one value.',
    explain: 'The setting takes one value. Write it on the same line as its name.',
  },
  SETTINGS_NOT_A_LIST: {
    severity: 'error',
    message: 'The {what} must be a list of texts.',
    hint: 'Write one item a line, each behind a dash.',
    explain: 'Write one item a line, each with a dash before it. Lists of lists and lists of maps are not accepted.',
  },
  SETTINGS_NOT_A_MAP: {
    severity: 'error',
    message: 'The {what} must be a map of names to texts.',
    hint: 'Write one NAME: VALUE a line.',
    explain: 'Write one NAME: VALUE a line. Values that are lists or maps themselves are not accepted.',
  },
  SETTINGS_LIST_FOR_MAP: {
    severity: 'warning',
    message: 'The {what} is a list of NAME=VALUE; it is read as the map that belongs there.',
    hint: 'Write one NAME: VALUE a line, without dashes.',
    explain: 'The field is a map of names to texts. A list of NAME=VALUE says the same and is understood here, but not by the original.',
  },
  SETTINGS_NUMBER_FOR_TEXT: {
    severity: 'warning',
    message: '{what} is written as the number {value}.',
    hint: 'Put it in quotes: a leading zero is lost otherwise, or makes it an octal number.',
    explain: 'An account id has twelve digits and may begin with zero. YAML reads unquoted digits as a number and drops the zero.',
  },
  SETTINGS_VALUE_COERCED: {
    severity: 'warning',
    message: 'The variable {name} is not a text; it becomes "{value}".',
    hint: 'Put the value in quotes.',
    explain: 'Variables are text. YAML reads true, 10 or 1.10 as a boolean or a number, and the text made from it may differ from what was written.',
  },
  SETTINGS_NO_EFFECT: {
    severity: 'warning',
    message: 'The {what} has no effect{with}: {because}.',
    explain: 'The setting is accepted so that files written for the original work unchanged, but nothing here depends on it. It can be removed.',
  },
  SETTINGS_BEYOND_ORIGINAL: {
    severity: 'info',
    message: 'Slipway honours {name}; the original {tool} plugin for {variant} would ignore it.',
    explain: 'Every step type takes the settings of every image plugin here. The same file may behave differently where the original runs it.',
  },
  JOB_NO_PUSH_AND_PUSH_ONLY: {
    severity: 'error',
    message: '{noPush} and {pushOnly} are both on: nothing would be built and nothing pushed.',
    hint: 'Set no-push to build without pushing, or push-only to push what was built before; not both.',
    explain:
      'The original has a different answer for each plugin: some refuse, some push all the same. Slipway refuses, whatever the step type. Check the variables of the stage too: they reach every step.',
  },
  JOB_BAKE_AND_PUSH_ONLY: {
    severity: 'error',
    message: '{bake} builds, but the step is push-only.',
    hint: 'Remove the bake file or the push-only setting.',
    explain: 'A bake file describes builds. A push-only step builds nothing, so the two cannot go together.',
  },
  JOB_PUSH_ONLY_WITH_BUILD: {
    severity: 'error',
    message: '{pushOnly} is on and no source is named, yet {build} describes a build.',
    hint: 'To build without pushing set PLUGIN_NO_PUSH. To push what was built before, name it with PLUGIN_SOURCE_TAR_PATH or PLUGIN_SOURCE_IMAGE.',
    explain:
      'An older page of the documentation gives PLUGIN_PUSH_ONLY as the way to build without pushing. It means the opposite: the step builds nothing. Use PLUGIN_NO_PUSH for a build alone.',
  },
  JOB_SOURCE_MISSING: {
    severity: 'error',
    message: 'The step is push-only, names no source, and {built}.',
    hint: 'Name an archive with PLUGIN_SOURCE_TAR_PATH or an image with PLUGIN_SOURCE_IMAGE. To build without pushing use PLUGIN_NO_PUSH.',
    explain: 'A push-only step without a source takes the one image built earlier in its stage. Here there is none, so there is nothing to push.',
  },
  JOB_SOURCE_AMBIGUOUS: {
    severity: 'error',
    message: 'The step is push-only and names no source, but several images are built before it: {candidates}.',
    hint: 'Choose one with PLUGIN_SOURCE_IMAGE or PLUGIN_SOURCE_TAR_PATH.',
    explain:
      'A push-only step without a source takes the one image built earlier in its stage, or the one that has the name it pushes to. With several, Slipway does not guess.',
  },
  JOB_SOURCE_ALIAS: {
    severity: 'info',
    message: 'The source {written} is the image that step {step} builds as {name}.',
    explain:
      'No image has exactly the name that was asked for, but one built in this run has it without the ending "-buildx". Samples of the original write the name this way.',
  },
  JOB_SOURCE_WITHOUT_PUSH_ONLY: {
    severity: 'warning',
    message: '{source} has no effect: the step is not push-only.',
    hint: 'Set PLUGIN_PUSH_ONLY to push that image instead of building one.',
    explain: 'A source is what a push-only step pushes. A step that builds makes its own image.',
  },
  JOB_REPO_MISSING: {
    severity: 'error',
    message: '{what} needs a repository: {field} is missing.',
    hint: 'Add {field}. A build that shall not push sets PLUGIN_NO_PUSH.',
    explain: 'Without a repository there is no name to push to. Only a build that does not push can do without one.',
  },
  JOB_REGISTRY_MISSING: {
    severity: 'error',
    message: 'The repository {repo} does not say which registry it is in: {field} or PLUGIN_REGISTRY is missing.',
    hint: 'Add {field}, or write the host in front: HOST/{repo}.',
    explain: 'For this registry type the host is part of the name. Give its parts, give the registry, or write the host in front of the repository.',
  },
  JOB_REPO_HAS_TAG: {
    severity: 'error',
    message: 'The repository {repo} already has a tag or a digest.',
    hint: 'Write the name alone in {field}, and the tag in tags.',
    explain: 'Each tag of the step is put behind the repository, so the repository itself must not have one.',
  },
  JOB_REPO_WITHOUT_HOST: {
    severity: 'warning',
    message: 'The repository {repo} names no registry; {host}, the registry of the connector, is used.',
    hint: 'Write {host}/{repo}: the original would push to Docker Hub.',
    explain: 'A repository without a host means Docker Hub to the original, whatever the connector says. Slipway takes the registry of the connector.',
  },
  JOB_HOST_HAS_PATH: {
    severity: 'warning',
    message: 'The host "{host}" holds a path; project and image are put behind it as they are.',
    hint: 'host is the name of the registry alone, for example us-docker.pkg.dev.',
    explain:
      'The reference is made of host, project and image. A host with a path often repeats the project; check that the reference in the plan is the one you mean.',
  },
  JOB_SECRET_IN_NAME: {
    severity: 'error',
    message: '{what} holds a secret, but its value is shown in plans, logs and registries.',
    hint: 'Use a variable that is not a secret.',
    explain: 'Names of images, paths and hosts are printed and become part of other names. A secret cannot be kept there.',
  },
  JOB_AUTO_TAG_AND_TAGS: {
    severity: 'error',
    message: '{auto} makes the tags, but {tags} lists tags too.',
    hint: 'Remove one of the two; the single tag "latest" is allowed.',
    explain: 'Auto tagging replaces the list of tags. To be sure that nothing is dropped unseen, only the default list is accepted beside it.',
  },
  JOB_AUTO_TAG_AND_EXPAND: {
    severity: 'error',
    message: '{auto} and {expand} cannot go together.',
    hint: 'Auto tagging already gives the shorter forms of a version.',
    explain: 'Both make several tags from one version, in different ways. Choose one.',
  },
  JOB_AUTO_TAG_NO_VERSION: {
    severity: 'error',
    message: 'No tag can be made from {ref}: it is not a version of three numbers.',
    hint: 'Use a git tag such as v1.2.3, or list the tags.',
    explain: 'Auto tagging takes git tags such as v1.2.3 or 1.2.3-rc.1. For any other git tag list the tags of the image yourself.',
  },
  JOB_AUTO_TAG_WITHOUT_GIT: {
    severity: 'error',
    message: 'Auto tagging is on, but the git reference under build is not known.',
    hint: 'Run with a codebase, or set DRONE_COMMIT_REF.',
    explain: 'The tags come from the git tag or the branch under build. Without a codebase there is none.',
  },
  JOB_OFF_BRANCH: {
    severity: 'error',
    message: 'No tag is made for this build: {because}.',
    hint: 'Remove PLUGIN_AUTO_TAG_STRICT to have the step skipped instead.',
    explain: 'Auto tagging makes tags for git tags and for the default branch. PLUGIN_AUTO_TAG_STRICT turns the skip into a failure.',
  },
  JOB_ARCHIVE_FORMAT: {
    severity: 'error',
    message: '"{format}" is no archive format.',
    hint: 'There are docker and oci.',
    explain: 'An archive is written in the format that docker load reads, or as an OCI layout.',
  },
  JOB_COMPRESSION: {
    severity: 'error',
    message: '"{kind}" is no compression of layers.',
    hint: 'There are gzip and zstd.',
    explain: 'Registries and runtimes understand layers compressed by gzip or zstd.',
  },
  JOB_CACHE_SPEC: {
    severity: 'error',
    message: '{field} cannot be read: {reason}.',
    hint: 'Write an image name, or type=registry,ref=IMAGE and its kin; separate several by semicolons.',
    explain: 'A place for layers is an image in a registry, or a type with its attributes as buildx takes them.',
  },
  JOB_SECRET_SPEC: {
    severity: 'error',
    message: '{field}: the secret "{spec}" cannot be read: {reason}.',
    hint: 'Write ID=NAME in the lists, id=ID,env=NAME or id=ID,src=FILE as an option.',
    explain: 'A build secret has an id and comes from a variable or a file. The original drops a malformed one without a word, and the build then misses it.',
  },
  JOB_ARGS_WITHOUT_SWITCH: {
    severity: 'info',
    message: 'PLUGIN_BUILD_ARGS_NEW is used although PLUGIN_MULTIPLE_BUILD_ARGS is not on; the original would pass no build arguments.',
    explain: 'The original reads the semicolon list only when the switch is on. Slipway takes the list for what it is.',
  },
  JOB_TWO_ARG_LISTS: {
    severity: 'warning',
    message: '{unused} is ignored: {used} is given too.',
    hint: 'Set PLUGIN_MULTIPLE_BUILD_ARGS to use the semicolon list instead.',
    explain: 'The switch chooses between the two lists of build arguments; it is off, so the comma list counts, as in the original.',
  },
  JOB_OPTION_UNKNOWN: {
    severity: 'error',
    message: 'buildx build has no option {option}.',
    explain:
      'The options are read one by one and become part of the job, so each must be known. Values with commas are fine; options are separated by a comma before a dash.',
  },
  JOB_OPTION_VALUE: {
    severity: 'error',
    message: 'The buildx option {option} cannot be used: {reason}.',
    hint: 'Write --option=value.',
    explain: 'The option stands without the value it needs, or with one it does not take.',
  },
  JOB_OPTION_NO_EFFECT: {
    severity: 'warning',
    message: 'The buildx option {option} has no effect: {because}.',
    explain: 'The option is known, but the embedded engine has nothing to do with it. The engine buildx takes it as it is.',
  },
  JOB_PUSH_OPTION: {
    severity: 'error',
    message: 'The buildx option {option} pushes, but {noPush} says not to.',
    hint: 'Remove the option, or the setting.',
    explain: 'A build without a push writes nothing to a registry. Remove the option or the setting.',
  },
  JOB_OUTPUT_KIND: {
    severity: 'error',
    message: 'The output "{output}" is not supported.',
    hint: 'Supported are type=oci and type=docker with dest=FILE, type=docker, type=image and type=registry.',
    explain: 'Other outputs of buildx write a bare file tree, which is not an image.',
  },
  TOOL_CONFLICT: {
    severity: 'error',
    message: 'The {kaniko} is for Kaniko alone, and {buildx} needs Buildx.',
    hint: 'Remove one of them, or set "engine: embedded", which can do both.',
    explain:
      'In the original no tool could do both: one of the two settings would be ignored without a word. Say which is meant; the embedded engine takes both when it is named.',
  },
  TOOL_WINDOWS: {
    severity: 'error',
    message: 'Images cannot be built on Windows stages.',
    hint: 'Use a Linux stage.',
    explain: 'Neither Kaniko nor the embedded engine builds Windows images.',
  },
  ENGINE_UNKNOWN: {
    severity: 'error',
    message: 'There is no engine "{engine}"; there are {engines}.',
    explain: 'The engine is what really builds: our own, docker buildx, or the kaniko executor.',
  },
  ENGINE_CONFLICT: {
    severity: 'error',
    message: 'The {by} chooses the engine {engine}, which cannot serve the {what}: {because}.',
    hint: 'Use the engine {needed}, or remove the setting.',
    explain:
      'Some settings name things that only one engine has, such as a builder or a bake file, or that one of them lacks: kaniko cannot mount secrets or SSH keys.',
  },
} as const satisfies Record<string, CodeEntry>
