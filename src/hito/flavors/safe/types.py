"""What may appear in a skops file, by the role in which it appears, each group with the reason why it is harmless.

A type that is allowed in one role is not allowed in another: `numpy.mean` may be referred to as a function, never be
called with arguments of the file; `functools.partial` may wrap a function of the list, never be an object with a state.

Two rules stand behind all groups. An object gets its attributes, not a call of its `__init__`; and no attribute may
hide a method of its class, so that nobody replaces the method that checks the input by one that does not.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType


def _named(module: str, names: str) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for name in names.split())


NUMPY_SCALARS = _named(
    "numpy",
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 longdouble complex64 "
    "complex128 str_ bytes_ datetime64 timedelta64 longlong ulonglong intc uintc",
)
"""Numbers, texts and times; they have no state but their value."""

KEY_TYPES = _named("builtins", "int float str bool") | NUMPY_SCALARS
"""Types that turn the text of a JSON key into a key of a dict."""

REFERRED_TYPES = (
    KEY_TYPES | _named("builtins", "list dict set tuple bytes object complex") | {"collections.OrderedDict"}
)
"""Classes that a model may have as a value, such as `dtype=float` of an encoder."""

CONTAINERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "DictNode": frozenset({"builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"}),
        "ListNode": frozenset({"builtins.list"}),
        "SetNode": frozenset({"builtins.set"}),
        "TupleNode": frozenset({"builtins.tuple"}),
        "NdArrayNode": frozenset({"numpy.ndarray"}) | NUMPY_SCALARS,
        "MaskedArrayNode": frozenset({"numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"}),
        "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
        "RandomGeneratorNode": frozenset({"numpy.random._generator.Generator"}),
        "DTypeNode": frozenset({"numpy.dtype"}),
        "SliceNode": frozenset({"builtins.slice"}),
        "BytesNode": frozenset({"builtins.bytes"}),
        "BytearrayNode": frozenset({"builtins.bytearray"}),
        "JsonNode": frozenset({"builtins.str"}),
        "DefaultDictNode": frozenset({"collections.defaultdict"}),
        "PartialNode": frozenset({"functools.partial"}),
        "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
        "SparseMatrixNode": frozenset(
            f"scipy.sparse._{kind}.{kind}_{form}" for kind in ("csr", "csc", "coo") for form in ("matrix", "array")
        ),
    }
)
"""Loader → types. Their content is read by `document` and `archive`, trees by `trees`."""

_SCORES = frozenset(
    f"sklearn.metrics.{module}.{name}"
    for module, names in {
        "_classification": "accuracy_score balanced_accuracy_score brier_score_loss f1_score fbeta_score jaccard_score "
        "log_loss matthews_corrcoef precision_score recall_score cohen_kappa_score d2_log_loss_score d2_brier_score",
        "_ranking": "average_precision_score roc_auc_score top_k_accuracy_score",
        "_regression": "d2_absolute_error_score explained_variance_score max_error mean_absolute_error "
        "mean_absolute_percentage_error mean_gamma_deviance mean_poisson_deviance mean_squared_error "
        "mean_squared_log_error median_absolute_error r2_score root_mean_squared_error root_mean_squared_log_error",
    }.items()
    for name in names.split()
)

FUNCTIONS = (
    _SCORES
    | _named("sklearn.feature_selection._univariate_selection", "chi2 f_classif f_regression f_oneway r_regression")
    | _named("sklearn.feature_selection._mutual_info", "mutual_info_classif mutual_info_regression")
    | _named("sklearn.cluster._kmeans", "_kmeans_single_lloyd _kmeans_single_elkan")
    | _named("numpy", "mean median max min amax amin sum")
    | _named("sklearn.utils.validation", "check_array")
    | frozenset({"scipy._lib.array_api_compat.numpy._aliases.asarray"})
)
"""Functions of arrays to numbers or arrays, referred to by name. Called with any arguments they compute, and do nothing
else: no file, no process, no import, no evaluation of text. numpy's and scipy.special's ufuncs come to this list."""

_KERNELS = _named(
    "sklearn.gaussian_process.kernels",
    "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Hyperparameter Matern PairwiseKernel "
    "Product RBF RationalQuadratic Sum WhiteKernel",
)
_SPLITTERS = _named(
    "sklearn.model_selection._split",
    "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut PredefinedSplit "
    "RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit "
    "TimeSeriesSplit _CVIterableWrapper",
)
_METADATA = _named(
    "sklearn.utils._metadata_requests", "MetadataRequest MethodMetadataRequest MetadataRouter MethodMapping"
)
_SCORERS = _named("sklearn.metrics._scorer", "_CurveScorer _PassthroughScorer _Scorer _MultimetricScorer")
_LOSSES = _named(
    "sklearn._loss.loss",
    "AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss HalfSquaredError "
    "HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss",
) | _named("sklearn._loss.link", "HalfLogitLink IdentityLink Interval LogitLink LogLink MultinomialLogit")

_EXPERIMENTAL = _named(
    "sklearn.model_selection._search_successive_halving", "HalvingGridSearchCV HalvingRandomSearchCV"
) | _named("sklearn.impute._iterative", "IterativeImputer")
# skops lists these only if sklearn.experimental was imported before it.

PYTHON_PARTS = (
    _EXPERIMENTAL
    | _KERNELS
    | _SPLITTERS
    | _METADATA
    | _SCORERS
    | _LOSSES
    | _named("sklearn.calibration", "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling")
    | _named("sklearn.gaussian_process._gpc", "_BinaryGaussianProcessClassifierLaplace")
    | _named("sklearn.neural_network._stochastic_optimizers", "AdamOptimizer SGDOptimizer")
    | _named("sklearn.preprocessing._label", "LabelBinarizer LabelEncoder")
    | _named("sklearn.compose._column_transformer", "make_column_selector _RemainderColsList")
    | _named("sklearn.ensemble._hist_gradient_boosting.binning", "_BinMapper")
    | _named("scipy.interpolate._interpolate", "interp1d")
    | _named("sklearn.multiclass", "_ConstantPredictor")
)
"""Parts of estimators written in Python over numpy: what they index, numpy checks."""

CHECKED_PARTS = (
    _named("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor")
    | _named("sklearn.neighbors._kd_tree", "KDTree KDTree64")
    | _named("sklearn.neighbors._ball_tree", "BallTree BallTree64")
    | _named(
        "sklearn.metrics._dist_metrics",
        "EuclideanDistance EuclideanDistance64 ManhattanDistance ManhattanDistance64 ChebyshevDistance "
        "ChebyshevDistance64 MinkowskiDistance MinkowskiDistance64",
    )
    | _named("scipy.interpolate._bsplines", "BSpline")
    | _named("sklearn.cluster._bisect_k_means", "_BisectingTree")
)
"""Parts whose arrays C code follows without looking; allowed because `trees`, `neighbours`, `vectors` look first."""

BOOSTERS = (
    _named("lightgbm.basic", "Booster")
    | _named("lightgbm.sklearn", "LGBMModel LGBMClassifier LGBMRegressor LGBMRanker _LGBMLabelEncoder")
    | _named("xgboost.core", "Booster")
    | _named("xgboost.sklearn", "XGBModel XGBClassifier XGBRegressor XGBRanker XGBRFClassifier XGBRFRegressor")
)
"""Boosters inside pipelines. Their state is the library's own text or UBJ, checked as in a file of its own."""

LOSSES_IN_C = _named(
    "sklearn._loss._loss",
    "CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss CyHalfPoissonLoss "
    "CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss CyPinballLoss",
) | _named(
    "sklearn.linear_model._sgd_fast", "EpsilonInsensitive Hinge ModifiedHuber SquaredEpsilonInsensitive SquaredHinge"
)
"""Loss functions: C types without arrays. They are made by a call with numbers, which `document` checks to be numbers."""


@cache
def functions() -> frozenset[str]:
    """FUNCTIONS, and the ufuncs that skops finds in numpy and scipy.special."""
    from skops.io import _trusted_types as skops_types

    return FUNCTIONS | frozenset(skops_types.NUMPY_UFUNC_TYPE_NAMES) | frozenset(skops_types.SCIPY_UFUNC_TYPE_NAMES)


@cache
def objects() -> frozenset[str]:
    """Types of objects with attributes: scikit-learn's public estimators and the parts above.

    Estimators are Python over numpy, but for those whose arrays go to C code; `load.CHECKS` has them.
    """
    from skops.io import _trusted_types as skops_types

    return frozenset(skops_types.SKLEARN_ESTIMATOR_TYPE_NAMES) | PYTHON_PARTS | CHECKED_PARTS | BOOSTERS
