"""The book's figures: widgets in Jupyter, and alive in the built pages without a kernel.

A figure is loaded when it is asked for, `from explorables import SvmExplorer`, so that a chapter
depends on the figures it shows and on no others.
"""

from importlib import import_module

FIGURES = {
    "AccuracyPlane": "robustness_and_accuracy.accuracy_plane",
    "AdversarialWalk": "weight_decay.adversarial_walk",
    "CertifiedAccuracy": "lipschitz_margins.certified_accuracy",
    "CertifiedDigit": "lipschitz_margins.certified_digit",
    "CertifiedDiscs": "lipschitz_margins.certified_discs",
    "ConvolutionBounds": "lipschitz_margins.convolution_bounds",
    "DescentOnALine": "tilting_angle.descent_on_a_line",
    "EpsilonConverter": "lipschitz_margins.epsilon_converter",
    "FeatureTradeoff": "robustness_and_accuracy.feature_tradeoff",
    "ImageSpace": "mirror_images.image_space",
    "LargeChanges": "robustness_and_accuracy.large_changes",
    "LeaningBoundary": "intro.leaning_boundary",
    "LipschitzCone": "lipschitz_margins.lipschitz_cone",
    "MirrorImage": "mirror_images.mirror_image",
    "NoisyPoint": "mirror_images.noisy_point",
    "Quiz": "quiz.quiz",
    "RealDigit": "intro.real_digit",
    "RobustAccuracy": "svm_on_mnist.robust_accuracy",
    "ScalingTheLoss": "scaling_the_loss.scaling_the_loss",
    "ScoreToPenalty": "scaling_the_loss.score_to_penalty",
    "SvmExplorer": "svm_on_mnist.svm_explorer",
    "Temperature": "weight_decay.temperature",
    "TiltingDigits": "tilting_angle.tilting_digits",
    "TiltingPlane": "tilting_angle.tilting_plane",
    "TrainingSetSize": "robustness_and_accuracy.training_set_size",
    "TwoClouds": "tilting_angle.two_clouds",
    "TwoLayerNetwork": "weight_decay.two_layer_network",
}

__all__ = list(FIGURES)


def __getattr__(name):
    if name not in FIGURES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.figures.{FIGURES[name]}"), name)
