"""Allow-list: what a stranger's network may be made of (names of Keras 3.15)."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# registered names of our layers, and their classes
OWN = {f"vitrine>{name}": name for name in ("BothViews", "EachFrame", "Scale", "StrongerView", "Whitening")}

MODELS = {"Functional", "Model", "Sequential"}
LAYERS = _words(
    """
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average BatchNormalization
    Bidirectional CenterCrop Concatenate Cropping1D Cropping2D Cropping3D Dense Dot Dropout ELU EinsumDense Embedding
    Flatten GRU GRUCell GaussianDropout GaussianNoise GroupNormalization GroupQueryAttention Identity InputLayer LSTM
    LSTMCell LayerNormalization LeakyReLU Masking Maximum Minimum MultiHeadAttention Multiply Normalization PReLU
    Permute RMSNormalization RNN ReLU RepeatVector Rescaling Reshape Resizing SimpleRNN SimpleRNNCell Softmax
    SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    SpatialDropout1D SpatialDropout2D SpatialDropout3D UpSampling1D UpSampling2D UpSampling3D
    ZeroPadding1D ZeroPadding2D ZeroPadding3D
    AugMix AutoContrast CutMix Equalization MixUp RandAugment RandomBrightness RandomColorDegeneration
    RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
    RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation
    RandomSharpness RandomShear RandomTranslation RandomZoom Solarization
    """
)
PARTS = _words(
    """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones
    Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    L1 L1L2 L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm
    DTypePolicy FloatDTypePolicy SeedGenerator
    """
)
# what arithmetic between layers becomes in a functional network
OPERATIONS = _words(
    """
    Abs Absolute Add Average AveragePool BatchNorm Cast Clip Concatenate Conv DepthwiseConv Divide Einsum Elu Exp
    ExpandDims Flip Gelu GetItem HardSigmoid HardSilu LayerNorm LeakyRelu Log LogSoftmax Matmul Max MaxPool Maximum Mean
    Min Minimum Moments Multiply Negative Pad Power Reciprocal Relu Relu6 Reshape Rsqrt Selu SeparableConv Sigmoid Silu
    Softmax Softplus Softsign Split Sqrt Square Squeeze Stack Subtract Sum Swapaxes Tanh Transpose TrueDivide Var
    """
)
FUNCTIONS = _words(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
    log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
    sparsemax squareplus swish tanh tanh_shrink threshold
    """
)
VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"}

# Known, and refused for what they can do: run code, read files, load other models.
DANGEROUS = _words(
    """
    Lambda TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer StringLookup IntegerLookup TextVectorization FeatureSpace
    __lambda__ __bytes__ __typespec__
    """
)

LAYER_MODULE = re.compile(
    r"keras(\.layers|\.models|\.src\.models\.(functional|sequential|model)|\.src\.layers(\.\w+)+)?"
)
PART_MODULE = re.compile(r"keras(\.(initializers|regularizers|constraints|dtype_policies|random)|\.src(\.\w+)+)?")
OPERATION_MODULE = re.compile(r"keras\.(ops|src\.ops\.(numpy|nn|core|math|image))")
FUNCTION_MODULE = re.compile(r"builtins|keras\.(activations|ops|src\.activations(\.\w+)*)")
