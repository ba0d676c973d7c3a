import GraphEngine
import Kernels

extension NetworkDefinition {
  public static let cifarResnet20 = cifarResnet("cifar_resnet20", blocks: 3)
  public static let cifarResnet56 = cifarResnet("cifar_resnet56", blocks: 9)

  /// The ResNets for CIFAR-10 (He et al., 2015, arXiv:1512.03385, section 4.2), `6n + 2` layers deep.
  ///
  /// Parameters go by the names of the usual PyTorch implementation (akamaster's).
  private static func cifarResnet(_ name: String, blocks: Int) -> NetworkDefinition {
    NetworkDefinition(
      name, source: "He et al., 2015, arXiv:1512.03385", input: [3, 32, 32], usualClasses: 10, classifier: "linear"
    ) { classes in
      Convolution("conv1", channels: 16, kernel: 3, padding: 1, bias: false)
      BatchNormalization("bn1")
      ReLU("relu")
      for stage in 0..<3 {
        Sequential("layer\(stage + 1)") {
          for place in 0..<blocks { cifarBlock(width: 16 << stage, stride: place == 0 && stage > 0 ? 2 : 1) }
        }
      }
      GlobalAveragePool("avg_pool2d")
      Flatten()
      Linear("linear", outputs: classes)
    }
  }

  private static func cifarBlock(width: Int, stride: Int) -> Sequential {
    Sequential {
      Residual {
        Convolution("conv1", channels: width, kernel: 3, stride: stride, padding: 1, bias: false)
        BatchNormalization("bn1")
        ReLU("relu")
        Convolution("conv2", channels: width, kernel: 3, padding: 1, bias: false)
        BatchNormalization("bn2")
      } shortcut: {
        if stride > 1 { PaddedShortcut(channels: width, stride: stride) }
      }
      ReLU("relu")
    }
  }
}

/// The shortcut without parameters, the paper's option A: every `stride`-th position, with channels of zeros around.
private struct PaddedShortcut: Block {
  let name: String? = "shortcut"
  let channels: Int
  let stride: Int

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let kept = try network.add(
      Slice(starts: [0, 0, 0, 0], ends: input.shape, steps: [1, 1, stride, stride]), [input], as: "kept")
    let margin = (channels - input.shape[1]) / 2
    return try network.add(
      Pad(before: [0, margin, 0, 0], after: [0, margin, 0, 0], mode: .constant(0)), [kept])
  }
}
