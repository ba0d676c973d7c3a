import CDemoNetwork

/// The network that is explained where no other is named: small, trained on `Scene`s, and part of the program.
///
/// Its input, `image`, is `[batch, 3, inputSide, inputSide]`; its output, `logits`, holds one score per label.
public enum DemoNetwork {
  /// The network as the bytes of an ONNX file.
  public static let onnx: [UInt8] = Array(
    UnsafeBufferPointer(start: limn_demo_network_bytes(), count: limn_demo_network_size))

  /// A detector of the same kinds of objects as the bytes of an ONNX file.
  ///
  /// It takes what the network takes; its output, `detections`, is `[batch, 4 + kinds, 245]`: for each cell of two grids the middle, the width
  /// and the height of a box in pixels, and a probability for each kind.
  public static let detector: [UInt8] = Array(
    UnsafeBufferPointer(start: limn_demo_detector_bytes(), count: limn_demo_detector_size))

  /// The width and height of the pictures that the network takes; others are resized to it exactly, without cropping.
  public static let inputSide = 112

  /// What is subtracted from each channel (red, green, blue) after samples have been scaled to 0...1.
  public static let mean: [Float] = [0.5, 0.5, 0.5]

  /// What each channel is then divided by.
  public static let standardDeviation: [Float] = [0.25, 0.25, 0.25]

  /// The name of each output, in order.
  public static let labels: [String] = ObjectKind.allCases.map(\.name)
}
