"""The book's explorables: widgets in Jupyter, and alive in the built pages without a kernel."""

from helpers.explorables.accuracy_plane import AccuracyPlane
from helpers.explorables.adversarial_walk import AdversarialWalk
from helpers.explorables.certified_accuracy import CertifiedAccuracy
from helpers.explorables.certified_digit import CertifiedDigit
from helpers.explorables.certified_discs import CertifiedDiscs
from helpers.explorables.convolution_bounds import ConvolutionBounds
from helpers.explorables.epsilon_converter import EpsilonConverter
from helpers.explorables.feature_tradeoff import FeatureTradeoff
from helpers.explorables.image_space import ImageSpace
from helpers.explorables.large_changes import LargeChanges
from helpers.explorables.lipschitz_cone import LipschitzCone
from helpers.explorables.mirror_image import MirrorImage
from helpers.explorables.noisy_point import NoisyPoint
from helpers.explorables.quiz import Quiz
from helpers.explorables.real_digit import RealDigit
from helpers.explorables.robust_accuracy import RobustAccuracy
from helpers.explorables.scaling_the_loss import ScalingTheLoss
from helpers.explorables.score_to_penalty import ScoreToPenalty
from helpers.explorables.svm_explorer import SvmExplorer
from helpers.explorables.temperature import Temperature
from helpers.explorables.tilting_digits import TiltingDigits
from helpers.explorables.tilting_plane import TiltingPlane
from helpers.explorables.training_set_size import TrainingSetSize
from helpers.explorables.two_layer_network import TwoLayerNetwork

__all__ = [
    "AccuracyPlane",
    "AdversarialWalk",
    "CertifiedAccuracy",
    "CertifiedDigit",
    "CertifiedDiscs",
    "ConvolutionBounds",
    "EpsilonConverter",
    "FeatureTradeoff",
    "ImageSpace",
    "LargeChanges",
    "LipschitzCone",
    "MirrorImage",
    "NoisyPoint",
    "Quiz",
    "RealDigit",
    "RobustAccuracy",
    "ScalingTheLoss",
    "ScoreToPenalty",
    "SvmExplorer",
    "Temperature",
    "TiltingDigits",
    "TiltingPlane",
    "TrainingSetSize",
    "TwoLayerNetwork",
]
