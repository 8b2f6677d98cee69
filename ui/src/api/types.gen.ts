/* Made by `make types` from the server's structs (src/hito/wire); do not edit. */

/** An endpoint of the server: where it is, what it takes and gives. Only the first two exist when the page runs. */
export interface Endpoint<Takes, Gives> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly takes?: Takes;
  readonly gives?: Gives;
}

export interface News {
  experiment_ids: string[];
  run_ids: string[];
  models: boolean;
}

export interface CreateExperiment {
  name: string;
  artifact_location?: string;
  tags?: Pair[];
}

export interface Pair {
  key: string;
  value: string;
}

export interface CreatedExperiment {
  experiment_id: string;
}

export interface ExperimentId {
  experiment_id: string;
}

export interface ExperimentAnswer {
  experiment: Experiment;
}

export interface Experiment {
  experiment_id: string;
  name: string;
  artifact_location: string;
  lifecycle_stage: string;
  last_update_time: number;
  creation_time: number;
  tags?: Tag[];
}

export interface Tag {
  key: string;
  value: string;
}

export interface ExperimentName {
  experiment_name: string;
}

export interface SearchExperiments {
  max_results: number | null;
  page_token?: string;
  filter?: string;
  order_by?: string[];
  view_type?: string | number;
}

export interface ExperimentsPage {
  experiments?: Experiment[];
  next_page_token?: string | null;
}

export interface Empty {

}

export interface UpdateExperiment {
  experiment_id: string;
  new_name: string;
}

export interface SetExperimentTag {
  experiment_id: string;
  key: string;
  value?: string;
}

export interface DeleteExperimentTag {
  experiment_id: string;
  key: string;
}

export interface SearchDatasets {
  experiment_ids?: string[];
}

export interface DatasetSummaries {
  dataset_summaries?: DatasetSummary[];
}

export interface DatasetSummary {
  experiment_id: string;
  name: string;
  digest: string;
  context?: string | null;
}

export interface CreateRun {
  experiment_id: string;
  user_id?: string;
  run_name?: string;
  start_time?: number;
  tags?: Pair[];
  run_id?: string;
}

export interface RunAnswer {
  run: Run;
}

export interface Run {
  info: RunInfo;
  data: RunData;
  inputs?: RunInputs | null;
  outputs?: RunOutputs | null;
}

export interface RunInfo {
  run_uuid: string;
  experiment_id: string;
  run_name: string;
  user_id: string;
  status: string;
  start_time: number;
  end_time?: number | null;
  artifact_uri: string;
  lifecycle_stage: string;
  run_id: string;
}

export interface RunData {
  metrics?: Metric[];
  params?: Param[];
  tags?: Tag[];
}

export interface Metric {
  key: string;
  value: number | string;
  timestamp: number;
  step: number;
  run_id?: string | null;
  model_id?: string | null;
  dataset_name?: string | null;
  dataset_digest?: string | null;
}

export interface Param {
  key: string;
  value: string;
}

export interface RunInputs {
  dataset_inputs?: DatasetInput[];
  model_inputs?: ModelInput[];
}

export interface DatasetInput {
  tags?: Tag[];
  dataset?: Dataset | null;
}

export interface Dataset {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema?: string | null;
  profile?: string | null;
}

export interface ModelInput {
  model_id: string;
}

export interface RunOutputs {
  model_outputs?: ModelOutput[];
}

export interface ModelOutput {
  model_id: string;
  step: number;
}

export interface RunId {
  run_id: string;
  run_uuid?: string;
}

export interface UpdateRun {
  run_id: string;
  run_uuid?: string;
  status?: string | number | null;
  end_time?: number | null;
  run_name?: string;
}

export interface RunInfoAnswer {
  run_info: RunInfo;
}

export interface Beat {
  run_id: string;
  run_uuid?: string;
  every: number | null;
}

export interface SetTag {
  run_id: string;
  run_uuid?: string;
  key: string;
  value?: string;
}

export interface DeleteTag {
  run_id: string;
  run_uuid?: string;
  key: string;
}

export interface LogParam {
  run_id: string;
  run_uuid?: string;
  key: string;
  value?: string;
}

export interface LogMetric {
  run_id: string;
  run_uuid?: string;
  key: string;
  value: number | null;
  timestamp: number | null;
  step?: number;
  model_id?: string;
  dataset_name?: string;
  dataset_digest?: string;
}

export interface LogBatch {
  run_id: string;
  run_uuid?: string;
  metrics?: MetricIn[];
  params?: Pair[];
  tags?: Pair[];
}

export interface MetricIn {
  key?: string;
  value?: number | null;
  timestamp?: number | null;
  step?: number;
  model_id?: string;
  dataset_name?: string;
  dataset_digest?: string;
}

export interface LogInputs {
  run_id: string;
  run_uuid?: string;
  datasets?: DatasetInputIn[];
  models?: ModelInputIn[];
}

export interface DatasetInputIn {
  tags?: Pair[];
  dataset?: DatasetIn | null;
}

export interface DatasetIn {
  name?: string;
  digest?: string;
  source_type?: string;
  source?: string;
  schema?: string | null;
  profile?: string | null;
}

export interface ModelInputIn {
  model_id?: string;
}

export interface LogOutputs {
  run_id: string;
  run_uuid?: string;
  models?: ModelOutputIn[];
}

export interface ModelOutputIn {
  model_id?: string;
  step?: number | null;
}

export interface LogModel {
  run_id: string;
  run_uuid?: string;
  model_json: string;
}

export interface SearchRuns {
  experiment_ids?: string[];
  filter?: string;
  run_view_type?: string | number;
  max_results?: number;
  order_by?: string[];
  page_token?: string;
}

export interface RunsPage {
  runs?: Run[];
  next_page_token?: string | null;
}

export interface CreateLoggedModel {
  experiment_id: string;
  name?: string;
  model_type?: string;
  source_run_id?: string;
  params?: Pair[];
  tags?: Pair[];
  model_id?: string;
}

export interface LoggedModelAnswer {
  model: LoggedModel;
}

export interface LoggedModel {
  info: LoggedModelInfo;
  data: LoggedModelData;
}

export interface LoggedModelInfo {
  model_id: string;
  experiment_id: string;
  name: string;
  creation_timestamp_ms: number;
  last_updated_timestamp_ms: number;
  artifact_uri: string;
  status: string;
  model_type: string;
  source_run_id: string;
  status_message?: string | null;
  tags?: Tag[];
}

export interface LoggedModelData {
  params?: Param[];
  metrics?: Metric[];
}

export interface GetLoggedModel {
  model_id: string;
  allow_deleted?: boolean;
}

export interface FinalizeLoggedModel {
  model_id: string;
  status: string | number | null;
}

export interface ModelId {
  model_id: string;
}

export interface SetLoggedModelTags {
  model_id: string;
  tags?: Pair[];
}

export interface DeleteLoggedModelTag {
  model_id: string;
  tag_key: string;
}

export interface LogLoggedModelParams {
  model_id: string;
  params?: Pair[];
}

export interface SearchLoggedModels {
  experiment_ids: string[] | null;
  filter?: string;
  datasets?: DatasetFilter[];
  max_results?: number;
  order_by?: OrderBy[];
  page_token?: string;
}

export interface DatasetFilter {
  dataset_name?: string;
  dataset_digest?: string;
}

export interface OrderBy {
  field_name?: string;
  ascending?: boolean;
  dataset_name?: string;
  dataset_digest?: string;
}

export interface LoggedModelsPage {
  models?: LoggedModel[];
  next_page_token?: string | null;
}

export interface ListModelArtifacts {
  model_id: string;
  artifact_directory_path?: string;
  page_token?: string;
  max_results?: number | null;
}

export interface RunFiles {
  root_uri?: string | null;
  files?: FileInfo[];
  next_page_token?: string | null;
}

export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number | null;
}

export interface CreateRegisteredModel {
  name: string;
  tags?: Pair[];
  description?: string | null;
}

export interface RegisteredModelAnswer {
  registered_model: RegisteredModel;
}

export interface RegisteredModel {
  name: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  description?: string | null;
  latest_versions?: Version[];
  tags?: Tag[];
  aliases?: Alias[];
}

export interface Version {
  name: string;
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  current_stage: string;
  description?: string | null;
  source: string;
  run_id: string;
  status: string;
  tags?: Tag[];
  run_link: string;
  aliases?: string[];
}

export interface Alias {
  alias: string;
  version: string;
}

export interface ModelName {
  name: string;
}

export interface SearchRegisteredModels {
  filter?: string;
  max_results?: number;
  order_by?: string[];
  page_token?: string;
}

export interface RegisteredModelsPage {
  registered_models?: RegisteredModel[];
  next_page_token?: string | null;
}

export interface RenameRegisteredModel {
  name: string;
  new_name: string;
}

export interface UpdateRegisteredModel {
  name: string;
  description?: string | null;
}

export interface GetLatestVersions {
  name: string;
  stages?: string[];
}

export interface VersionsPage {
  model_versions?: Version[];
  next_page_token?: string | null;
}

export interface SetRegisteredModelTag {
  name: string;
  key: string;
  value?: string;
}

export interface DeleteRegisteredModelTag {
  name: string;
  key: string;
}

export interface SetAlias {
  name: string;
  alias: string;
  version: string;
}

export interface AliasName {
  name: string;
  alias: string;
}

export interface VersionAnswer {
  model_version: Version;
}

export interface CreateVersion {
  name: string;
  source: string;
  run_id?: string;
  tags?: Pair[];
  run_link?: string;
  description?: string | null;
  model_id?: string;
}

export interface VersionName {
  name: string;
  version: string;
}

export interface SearchVersions {
  filter?: string;
  max_results?: number;
  order_by?: string[];
  page_token?: string;
}

export interface UpdateVersion {
  name: string;
  version: string;
  description?: string | null;
}

export interface TransitionStage {
  name: string;
  version: string;
  stage: string;
  archive_existing_versions?: unknown;
}

export interface DownloadUri {
  artifact_uri: string;
}

export interface SetVersionTag {
  name: string;
  version: string;
  key: string;
  value?: string;
}

export interface DeleteVersionTag {
  name: string;
  version: string;
  key: string;
}

export interface ListArtifacts {
  path?: string;
  page_token?: string;
  max_results?: number | null;
}

export interface Files {
  files?: FileInfo[];
  next_page_token?: string | null;
}

export interface ArtifactPath {
  path: string;
}

export interface CreateUpload {
  path: string;
  num_parts: number | null;
}

export interface CreatedUpload {
  upload_id: string;
  credentials: Credential[];
}

export interface Credential {
  url: string;
  part_number: number;
  headers: Record<string, string>;
}

export interface CompleteUpload {
  path: string;
  upload_id: string;
  parts?: PartIn[];
}

export interface PartIn {
  part_number?: number;
  etag?: string;
  url?: string;
}

export interface AbortUpload {
  path: string;
  upload_id: string;
}

export interface Presigned {
  url: string;
  headers: Record<string, string>;
  file_size?: number | null;
}

export interface ListRunArtifacts {
  run_id: string;
  run_uuid?: string;
  path?: string;
  page_token?: string;
  max_results?: number | null;
}

export interface PresignUpload {
  run_id?: string;
  model_id?: string;
  path: string;
  expiration?: number;
}

export interface PresignedUrl {
  presigned_url: string;
  headers: Record<string, string>;
  file_size?: number | null;
}

export interface PresignDownload {
  run_id: string;
  run_uuid?: string;
  path: string;
  expiration?: number;
}

export interface RunArtifact {
  run_id: string;
  run_uuid?: string;
  path: string;
}

export interface VersionArtifact {
  name: string;
  version: string;
  path: string;
}

export interface ModelArtifact {
  model_id: string;
  artifact_file_path: string;
}

export interface TableRows {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  order_by?: string[];
  columns?: string[];
  max_results?: number;
  page_token?: string;
}

export interface TablePage {
  rows?: RunRow[];
  next_page_token?: string | null;
}

export interface RunRow {
  id: number;
  run_id: string;
  experiment_id: string;
  name: string;
  status: string;
  lifecycle_stage: string;
  start_time: number;
  end_time: number | null;
  user_id: string;
  parent: string;
  children: number;
  values: (number | string | null)[];
}

export interface RunOrder {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  order_by?: string[];
  max_results?: number;
  page_token?: string;
}

export interface RowsById {
  ids?: number[];
  columns?: string[];
}

export interface Rows {
  rows: RunRow[];
}

export interface Where {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
}

export interface Counted {
  count: number;
  at_least: boolean;
}

export interface Fields {
  metrics: string[];
  params: string[];
  tags: string[];
  cut: boolean;
}

export interface FieldValues {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  field: string;
  begins?: string;
  max_results?: number;
}

export interface Values {
  values: string[];
}

export interface CheckQuery {
  query?: string;
}

export interface Checked {
  kind: string;
  problem: string;
  start: number;
  end: number;
}

export interface GroupRuns {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  by: string[];
  metrics?: string[];
  order?: string;
  descending?: boolean;
  max_results?: number;
}

export interface Groups {
  groups: Group[];
  total: number;
}

export interface Group {
  values: (string | null)[];
  count: number;
  newest: number;
  query: string;
  metrics: Summary[];
}

export interface Summary {
  count: number;
  mean: number | null;
  std: number | null;
  min: number | null;
  max: number | null;
  min_run: string;
  max_run: string;
}

export interface RunColumns {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  order_by?: string[];
  columns?: string[];
  max_results?: number;
}

export interface ChangeRuns {
  run_ids: string[];
  action: string;
  key?: string;
  value?: string;
}

export interface Changed {
  run_ids: string[];
  before: (string | null)[];
}

export interface ExportRuns {
  experiment_ids?: string[];
  folder?: string;
  query?: string;
  view?: string | number;
  roots?: boolean;
  parent?: string;
  order_by?: string[];
  columns?: string[];
  format?: string;
}

export interface ManyRuns {
  run_ids: string[];
}

export interface WholeRuns {
  runs: Run[];
}

export interface AroundRun {
  run_id: string;
}

export interface Around {
  experiment: string;
  parent: RunLink | null;
  children: RunRow[];
  children_count: number;
  versions: VersionLink[];
  models: LoggedModelLink[];
}

export interface RunLink {
  run_id: string;
  name: string;
}

export interface VersionLink {
  name: string;
  version: string;
  stage: string;
  aliases: string[];
}

export interface LoggedModelLink {
  model_id: string;
  name: string;
  status: string;
}

export interface RecentRuns {
  max_results?: number;
}

export interface Curves {
  run_ids: string[];
  keys: string[];
  x?: string;
  start?: number | null;
  end?: number | null;
  width?: number;
}

export interface ExperimentTree {
  view?: string | number;
}

export interface Experiments {
  experiments: ExperimentNode[];
}

export interface ExperimentNode {
  experiment_id: string;
  name: string;
  lifecycle_stage: string;
  runs: number;
  running: number;
  last_start: number | null;
  creation_time: number;
  last_update_time: number;
  description: string;
}

export interface ModelHistory {
  name: string;
  max_results?: number;
  page_token?: string;
}

export interface ModelEvents {
  events?: ModelEvent[];
  next_page_token?: string | null;
}

export interface ModelEvent {
  at: number;
  who: string;
  action: string;
  version: string;
  subject: string;
  before: string;
  after: string;
}

export interface Scope {
  scope: string;
}

export interface Views {
  views: View[];
}

export interface View {
  id: number;
  scope: string;
  name: string;
  state: string;
  owner: string;
  last_update_time: number;
}

export interface SaveView {
  scope: string;
  id?: number | null;
  name: string;
  state: string;
}

export interface ViewId {
  id: number | null;
}

export interface Listen {
  experiment_ids?: string[];
  run_ids?: string[];
  models?: boolean;
}

export interface RunFile {
  run_id?: string;
  model_id?: string;
  name?: string;
  version?: string;
  path: string;
  scripts?: boolean;
}

export interface Folder {
  run_id?: string;
  model_id?: string;
  name?: string;
  version?: string;
  path?: string;
}

export const CREATE_EXPERIMENT: Endpoint<CreateExperiment, CreatedExperiment> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/create" };
export const GET_EXPERIMENT: Endpoint<ExperimentId, ExperimentAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/experiments/get" };
export const GET_EXPERIMENT_BY_NAME: Endpoint<ExperimentName, ExperimentAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/experiments/get-by-name" };
export const SEARCH_EXPERIMENTS: Endpoint<SearchExperiments, ExperimentsPage> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/search" };
export const SEARCH_EXPERIMENTS_BY_GET: Endpoint<SearchExperiments, ExperimentsPage> = { method: "GET", path: "ajax-api/2.0/mlflow/experiments/search" };
export const DELETE_EXPERIMENT: Endpoint<ExperimentId, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/delete" };
export const RESTORE_EXPERIMENT: Endpoint<ExperimentId, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/restore" };
export const UPDATE_EXPERIMENT: Endpoint<UpdateExperiment, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/update" };
export const SET_EXPERIMENT_TAG: Endpoint<SetExperimentTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/set-experiment-tag" };
export const DELETE_EXPERIMENT_TAG: Endpoint<DeleteExperimentTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/delete-experiment-tag" };
export const SEARCH_DATASETS: Endpoint<SearchDatasets, DatasetSummaries> = { method: "POST", path: "ajax-api/2.0/mlflow/experiments/search-datasets" };
export const CREATE_RUN: Endpoint<CreateRun, RunAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/create" };
export const GET_RUN: Endpoint<RunId, RunAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/runs/get" };
export const UPDATE_RUN: Endpoint<UpdateRun, RunInfoAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/update" };
export const DELETE_RUN: Endpoint<RunId, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/delete" };
export const RESTORE_RUN: Endpoint<RunId, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/restore" };
export const BEAT: Endpoint<Beat, Empty> = { method: "POST", path: "ajax-api/2.0/hito/runs/beat" };
export const SET_TAG: Endpoint<SetTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/set-tag" };
export const DELETE_TAG: Endpoint<DeleteTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/delete-tag" };
export const LOG_PARAM: Endpoint<LogParam, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/log-parameter" };
export const LOG_METRIC: Endpoint<LogMetric, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/log-metric" };
export const LOG_BATCH: Endpoint<LogBatch, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/log-batch" };
export const LOG_INPUTS: Endpoint<LogInputs, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/log-inputs" };
export const LOG_OUTPUTS: Endpoint<LogOutputs, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/outputs" };
export const LOG_MODEL: Endpoint<LogModel, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/log-model" };
export const SEARCH_RUNS: Endpoint<SearchRuns, RunsPage> = { method: "POST", path: "ajax-api/2.0/mlflow/runs/search" };
export const CREATE_LOGGED_MODEL: Endpoint<CreateLoggedModel, LoggedModelAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/logged-models" };
export const GET_LOGGED_MODEL: Endpoint<GetLoggedModel, LoggedModelAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/logged-models/{model_id}" };
export const FINALIZE_LOGGED_MODEL: Endpoint<FinalizeLoggedModel, LoggedModelAnswer> = { method: "PATCH", path: "ajax-api/2.0/mlflow/logged-models/{model_id}" };
export const DELETE_LOGGED_MODEL: Endpoint<ModelId, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/logged-models/{model_id}" };
export const SET_LOGGED_MODEL_TAGS: Endpoint<SetLoggedModelTags, Empty> = { method: "PATCH", path: "ajax-api/2.0/mlflow/logged-models/{model_id}/tags" };
export const DELETE_LOGGED_MODEL_TAG: Endpoint<DeleteLoggedModelTag, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/logged-models/{model_id}/tags/{tag_key+}" };
export const LOG_LOGGED_MODEL_PARAMS: Endpoint<LogLoggedModelParams, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/logged-models/{model_id}/params" };
export const SEARCH_LOGGED_MODELS: Endpoint<SearchLoggedModels, LoggedModelsPage> = { method: "POST", path: "ajax-api/2.0/mlflow/logged-models/search" };
export const LIST_MODEL_ARTIFACTS: Endpoint<ListModelArtifacts, RunFiles> = { method: "GET", path: "ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/directories" };
export const CREATE_REGISTERED_MODEL: Endpoint<CreateRegisteredModel, RegisteredModelAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/registered-models/create" };
export const GET_REGISTERED_MODEL: Endpoint<ModelName, RegisteredModelAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/registered-models/get" };
export const SEARCH_REGISTERED_MODELS: Endpoint<SearchRegisteredModels, RegisteredModelsPage> = { method: "GET", path: "ajax-api/2.0/mlflow/registered-models/search" };
export const RENAME_REGISTERED_MODEL: Endpoint<RenameRegisteredModel, RegisteredModelAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/registered-models/rename" };
export const UPDATE_REGISTERED_MODEL: Endpoint<UpdateRegisteredModel, RegisteredModelAnswer> = { method: "PATCH", path: "ajax-api/2.0/mlflow/registered-models/update" };
export const DELETE_REGISTERED_MODEL: Endpoint<ModelName, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/registered-models/delete" };
export const GET_LATEST_VERSIONS: Endpoint<GetLatestVersions, VersionsPage> = { method: "POST", path: "ajax-api/2.0/mlflow/registered-models/get-latest-versions" };
export const GET_LATEST_VERSIONS_BY_GET: Endpoint<GetLatestVersions, VersionsPage> = { method: "GET", path: "ajax-api/2.0/mlflow/registered-models/get-latest-versions" };
export const SET_REGISTERED_MODEL_TAG: Endpoint<SetRegisteredModelTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/registered-models/set-tag" };
export const DELETE_REGISTERED_MODEL_TAG: Endpoint<DeleteRegisteredModelTag, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/registered-models/delete-tag" };
export const SET_ALIAS: Endpoint<SetAlias, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/registered-models/alias" };
export const DELETE_ALIAS: Endpoint<AliasName, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/registered-models/alias" };
export const GET_VERSION_BY_ALIAS: Endpoint<AliasName, VersionAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/registered-models/alias" };
export const CREATE_VERSION: Endpoint<CreateVersion, VersionAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/model-versions/create" };
export const GET_VERSION: Endpoint<VersionName, VersionAnswer> = { method: "GET", path: "ajax-api/2.0/mlflow/model-versions/get" };
export const SEARCH_VERSIONS: Endpoint<SearchVersions, VersionsPage> = { method: "GET", path: "ajax-api/2.0/mlflow/model-versions/search" };
export const UPDATE_VERSION: Endpoint<UpdateVersion, VersionAnswer> = { method: "PATCH", path: "ajax-api/2.0/mlflow/model-versions/update" };
export const TRANSITION_STAGE: Endpoint<TransitionStage, VersionAnswer> = { method: "POST", path: "ajax-api/2.0/mlflow/model-versions/transition-stage" };
export const DELETE_VERSION: Endpoint<VersionName, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/model-versions/delete" };
export const GET_DOWNLOAD_URI: Endpoint<VersionName, DownloadUri> = { method: "GET", path: "ajax-api/2.0/mlflow/model-versions/get-download-uri" };
export const SET_VERSION_TAG: Endpoint<SetVersionTag, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow/model-versions/set-tag" };
export const DELETE_VERSION_TAG: Endpoint<DeleteVersionTag, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow/model-versions/delete-tag" };
export const LIST_ARTIFACTS: Endpoint<ListArtifacts, Files> = { method: "GET", path: "ajax-api/2.0/mlflow-artifacts/artifacts" };
export const DELETE_ARTIFACT: Endpoint<ArtifactPath, Empty> = { method: "DELETE", path: "ajax-api/2.0/mlflow-artifacts/artifacts/{path+}" };
export const CREATE_UPLOAD: Endpoint<CreateUpload, CreatedUpload> = { method: "POST", path: "ajax-api/2.0/mlflow-artifacts/mpu/create/{path+}" };
export const COMPLETE_UPLOAD: Endpoint<CompleteUpload, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow-artifacts/mpu/complete/{path+}" };
export const ABORT_UPLOAD: Endpoint<AbortUpload, Empty> = { method: "POST", path: "ajax-api/2.0/mlflow-artifacts/mpu/abort/{path+}" };
export const PRESIGN: Endpoint<ArtifactPath, Presigned> = { method: "GET", path: "ajax-api/2.0/mlflow-artifacts/presigned/{path+}" };
export const LIST_RUN_ARTIFACTS: Endpoint<ListRunArtifacts, RunFiles> = { method: "GET", path: "ajax-api/2.0/mlflow/artifacts/list" };
export const PRESIGN_UPLOAD: Endpoint<PresignUpload, PresignedUrl> = { method: "POST", path: "ajax-api/2.0/mlflow/artifacts/presigned-upload-url" };
export const PRESIGN_DOWNLOAD: Endpoint<PresignDownload, PresignedUrl> = { method: "POST", path: "ajax-api/2.0/mlflow/artifacts/presigned-download-url" };
export const UPLOAD_ARTIFACT: Endpoint<ArtifactPath, ArrayBuffer> = { method: "PUT", path: "ajax-api/2.0/mlflow-artifacts/artifacts/{path+}" };
export const DOWNLOAD_ARTIFACT: Endpoint<ArtifactPath, ArrayBuffer> = { method: "GET", path: "ajax-api/2.0/mlflow-artifacts/artifacts/{path+}" };
export const GET_ARTIFACT: Endpoint<RunArtifact, ArrayBuffer> = { method: "GET", path: "get-artifact" };
export const GET_VERSION_ARTIFACT: Endpoint<VersionArtifact, ArrayBuffer> = { method: "GET", path: "model-versions/get-artifact" };
export const GET_MODEL_ARTIFACT: Endpoint<ModelArtifact, ArrayBuffer> = { method: "GET", path: "ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files" };
export const UPLOAD_RUN_ARTIFACT: Endpoint<RunArtifact, ArrayBuffer> = { method: "POST", path: "ajax-api/2.0/mlflow/upload-artifact" };
export const TABLE: Endpoint<TableRows, TablePage> = { method: "POST", path: "ajax-api/2.0/hito/runs/table" };
export const RUN_ORDER: Endpoint<RunOrder, ArrayBuffer> = { method: "POST", path: "ajax-api/2.0/hito/runs/order" };
export const RUN_ROWS: Endpoint<RowsById, Rows> = { method: "POST", path: "ajax-api/2.0/hito/runs/rows" };
export const COUNT: Endpoint<Where, Counted> = { method: "POST", path: "ajax-api/2.0/hito/runs/count" };
export const FIELDS: Endpoint<Where, Fields> = { method: "POST", path: "ajax-api/2.0/hito/runs/fields" };
export const VALUES: Endpoint<FieldValues, Values> = { method: "POST", path: "ajax-api/2.0/hito/runs/values" };
export const CHECK: Endpoint<CheckQuery, Checked> = { method: "POST", path: "ajax-api/2.0/hito/runs/check" };
export const GROUPS: Endpoint<GroupRuns, Groups> = { method: "POST", path: "ajax-api/2.0/hito/runs/groups" };
export const COLUMNS: Endpoint<RunColumns, ArrayBuffer> = { method: "POST", path: "ajax-api/2.0/hito/runs/columns" };
export const CHANGE: Endpoint<ChangeRuns, Changed> = { method: "POST", path: "ajax-api/2.0/hito/runs/change" };
export const EXPORT: Endpoint<ExportRuns, ArrayBuffer> = { method: "POST", path: "ajax-api/2.0/hito/runs/export" };
export const MANY: Endpoint<ManyRuns, WholeRuns> = { method: "POST", path: "ajax-api/2.0/hito/runs/many" };
export const AROUND: Endpoint<AroundRun, Around> = { method: "GET", path: "ajax-api/2.0/hito/runs/around" };
export const RECENT: Endpoint<RecentRuns, Rows> = { method: "GET", path: "ajax-api/2.0/hito/runs/recent" };
export const CURVES: Endpoint<Curves, ArrayBuffer> = { method: "POST", path: "ajax-api/2.0/hito/curves" };
export const TREE: Endpoint<ExperimentTree, Experiments> = { method: "GET", path: "ajax-api/2.0/hito/experiments/tree" };
export const MODEL_HISTORY: Endpoint<ModelHistory, ModelEvents> = { method: "GET", path: "ajax-api/2.0/hito/registered-models/history" };
export const LIST_VIEWS: Endpoint<Scope, Views> = { method: "GET", path: "ajax-api/2.0/hito/views/list" };
export const SAVE_VIEW: Endpoint<SaveView, View> = { method: "POST", path: "ajax-api/2.0/hito/views/save" };
export const DELETE_VIEW: Endpoint<ViewId, Empty> = { method: "POST", path: "ajax-api/2.0/hito/views/delete" };
export const EVENTS: Endpoint<Listen, ArrayBuffer> = { method: "GET", path: "ajax-api/2.0/hito/events" };
export const VIEW_FILE: Endpoint<RunFile, ArrayBuffer> = { method: "GET", path: "ajax-api/2.0/hito/artifacts/view" };
export const ZIP_FOLDER: Endpoint<Folder, ArrayBuffer> = { method: "GET", path: "ajax-api/2.0/hito/artifacts/zip" };
