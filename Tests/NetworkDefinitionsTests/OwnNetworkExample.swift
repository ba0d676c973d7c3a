import AttributionKit
import GradCAMMethod
import GraphAdapter
import NetworkDefinitions
import Tensors

extension NetworkDefinition {
  /// A small residual network for pictures of 32 × 32.
  static let smallResnet = NetworkDefinition("small_resnet", input: [3, 32, 32], classifier: "fc") { classes in
    Convolution("conv1", channels: 16, kernel: 3, padding: 1, bias: false)
    BatchNormalization("bn1")
    ReLU("relu")
    Sequential("blocks") {
      block(from: 16, to: 16)
      block(from: 16, to: 32, stride: 2)
      block(from: 32, to: 64, stride: 2)
    }
    GlobalAveragePool("avgpool")
    Flatten()
    Linear("fc", outputs: classes)
  }

  private static func block(from input: Int, to output: Int, stride: Int = 1) -> Sequential {
    Sequential {
      Residual {
        Convolution("conv1", channels: output, kernel: 3, stride: stride, padding: 1, bias: false)
        BatchNormalization("bn1")
        ReLU("relu")
        Convolution("conv2", channels: output, kernel: 3, padding: 1, bias: false)
        BatchNormalization("bn2")
      } shortcut: {
        if input != output { Convolution("downsample", channels: output, kernel: 1, stride: stride) }
      }
      ReLU("relu")
    }
  }
}

/// Grad-CAM of what the network takes an image `[3, 32, 32]` for: `[8, 8]`, signed.
func explanation(of image: Tensor, weights path: String) throws -> Tensor {
  let network = try Network(.smallResnet, weights: SafetensorsFile(path))
  let model = try GraphModel(network.graph())
  let session = try ExplanationSession(of: model, on: image, for: .prediction)
  return try GradCAM(targetLayer: .matching("blocks.2.relu_1")).attribution(in: session).values
}
