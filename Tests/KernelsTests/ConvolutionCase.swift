import Kernels
import Testing

/// One row of the table that convolutions are tested over.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  var images = 1
  var inputs: Int
  var outputs: Int
  var extent = [9, 8]
  var kernel = [3, 3]
  var stride = 1
  var dilation = 1
  var before = 0
  var after: Int?
  var groups = 1

  var geometry: ConvolutionGeometry {
    ConvolutionGeometry(
      strides: kernel.map { _ in stride }, dilations: kernel.map { _ in dilation },
      paddingBefore: kernel.map { _ in before }, paddingAfter: kernel.map { _ in after ?? before }, groups: groups)
  }
  var input: [Int] { [images, inputs] + extent }
  var weights: NDArray { noise([outputs, inputs / groups] + kernel, seed: 2) }
  var testDescription: String {
    "\(input) by \(outputs) × \(kernel), stride \(stride), dilation \(dilation), padding \(before)/\(after ?? before), "
      + "\(groups) groups"
  }

  static let table: [ConvolutionCase] = [
    .init(inputs: 1, outputs: 1, kernel: [1, 1]),
    .init(inputs: 1, outputs: 17, before: 1),
    .init(inputs: 3, outputs: 16, extent: [17, 19], kernel: [7, 7], stride: 2, before: 3),
    .init(inputs: 3, outputs: 24, extent: [16, 16], stride: 2, before: 0, after: 1),
    .init(images: 3, inputs: 3, outputs: 3, kernel: [5, 5], before: 2),
    .init(images: 2, inputs: 3, outputs: 32, extent: [31, 40], before: 1),
    .init(images: 2, inputs: 1, outputs: 16, extent: [23, 50], kernel: [5, 7], stride: 3, before: 2, after: 0),
    .init(inputs: 2, outputs: 48, extent: [20, 33], kernel: [3, 4], stride: 2, dilation: 2, before: 3),
    .init(inputs: 4, outputs: 16, extent: [9, 26], kernel: [2, 2], stride: 4, before: 1),
    .init(inputs: 16, outputs: 32, kernel: [1, 1]),
    .init(inputs: 16, outputs: 16, before: 1),
    .init(images: 3, inputs: 16, outputs: 24, stride: 2, before: 1),
    .init(inputs: 17, outputs: 24, before: 1),
    .init(inputs: 24, outputs: 17, kernel: [2, 2], stride: 2),
    .init(inputs: 24, outputs: 16, kernel: [5, 3], before: 1),
    .init(inputs: 24, outputs: 24, dilation: 2, before: 2),
    .init(inputs: 32, outputs: 32, extent: [15, 15], dilation: 2, before: 2),
    .init(inputs: 24, outputs: 24, before: 1, after: 0),
    .init(inputs: 16, outputs: 16, stride: 2, before: 0, after: 1),
    .init(inputs: 24, outputs: 24, before: 1, groups: 24),
    .init(images: 3, inputs: 17, outputs: 17, stride: 2, before: 1, groups: 17),
    .init(inputs: 32, outputs: 32, kernel: [5, 5], stride: 2, before: 1, after: 2, groups: 32),
    .init(inputs: 16, outputs: 32, before: 1, groups: 16),
    .init(inputs: 24, outputs: 16, before: 1, groups: 4),
    .init(images: 3, inputs: 32, outputs: 64, before: 1, groups: 2),
    .init(inputs: 48, outputs: 48, kernel: [1, 1], groups: 3),
    .init(inputs: 32, outputs: 48, extent: [28, 30], before: 1),
    .init(images: 2, inputs: 64, outputs: 32, extent: [29, 28], before: 1),
    .init(inputs: 64, outputs: 64, extent: [14, 13], before: 1),
    .init(images: 3, inputs: 32, outputs: 64, extent: [30, 27], before: 2, after: 0),
    .init(inputs: 16, outputs: 32, extent: [41, 43], before: 0, after: 1),
    .init(images: 2, inputs: 96, outputs: 32, extent: [21, 22]),
    .init(inputs: 32, outputs: 32, extent: [7, 7], kernel: [7, 7]),
    .init(inputs: 5, outputs: 7, extent: [12], kernel: [3], stride: 2, before: 1),
    .init(images: 2, inputs: 16, outputs: 17, extent: [11], kernel: [4], before: 2, after: 1),
    .init(inputs: 4, outputs: 6, extent: [4, 5, 6], kernel: [3, 3, 3], before: 1),
    .init(inputs: 16, outputs: 16, extent: [5, 4, 4], kernel: [2, 3, 1], stride: 2, before: 1),
  ]
}
