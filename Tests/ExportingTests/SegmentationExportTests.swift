import AttributionKit
import Exporting
import GradCAMMethod
import GraphAdapter
import ONNXFiles
import TestSupport
import Tensors
import Testing

/// Files with a map of a class where a segmentation predicts it.
@Suite struct SegmentationExportTests {
  let images = (0..<6).map {
    Tensor(gaussianNoise: [3, 16, 16], seed: $0).blurred(deviation: 1)
      + Tensor(repeating: Float($0) - 2, shape: [3, 16, 16])
  }

  /// Masks, classes of which one is right at each place, and such of which several may be.
  static let segmentations: [(file: ONNXFile, answer: ModelRequest.Answer?, link: ProbabilityLink)] = [
    (.segmentation(1), nil, .sigmoid), (.segmentation(4), nil, .softmax), (.maps(4), .multilabel, .sigmoid),
    (.maps(4).channelsLast(), nil, .softmax), (.maps(4).channelsLast(), .multilabel, .sigmoid),
  ]

  @Test(arguments: segmentations.indices)
  func `a segmentation is explained where it predicts the class, image by image`(index: Int) throws {
    let (file, answer, link) = Self.segmentations[index]
    let network = try Network(file.leavingBatchOpen(), as: answer)
    #expect(network.model.outputs[0].link == link)
    let classes = network.model.outputs[0].shape[0]
    // The class that is predicted for most places, as the command ranks them, which need not be that of the greatest mean.
    let asked: [any AttributionKit.Target] = try images.map { image in
      let logits = try network.session(on: image, for: RegionMean(of: RankedLogit.prediction)).logits
      let area = logits.shape[1] * logits.shape[2]
      var counts = [Float](repeating: 0, count: classes)
      for place in 0..<area {
        let here = (0..<classes).map { logits.scalars[$0 * area + place] }
        if link == .sigmoid {
          for (k, score) in here.enumerated() where score > 0 { counts[k] += 1 }
        } else {
          counts[here.firstIndex(of: here.max()!)!] += 1
        }
      }
      let probabilities = link.probabilities(of: logits).spatialMean()
      for k in counts.indices { counts[k] += 0.5 * probabilities[k] }
      let best = ClassLogit(index: counts.firstIndex(of: counts.max()!)!)
      return classes == 1 && 2 * counts[0] < Float(area) + 0.5 ? Opposite(of: best) : best
    }
    try expect(network.export(GradCAM(), for: .open(.prediction)), of: network, toExplain: asked)
  }

  @Test(arguments: segmentations.indices)
  func `a class that is named is explained where it is predicted, one spoken against anywhere else`(
    index: Int
  ) throws {
    let (file, answer, _) = Self.segmentations[index]
    let network = try Network(file.leavingBatchOpen(), as: answer), own = ClassLogit(index: 0)
    for target in [own, Opposite(of: own)] as [any AttributionKit.Target] {
      let export = try network.export(GradCAM(), for: .score(RegionMean(of: target, over: .predicted)))
      try expect(export, of: network, toExplain: images.map { _ in target })
    }
  }

  /// Expects the file's maps of all images at once to be the method's own of each, or zero where its class is nowhere.
  private func expect(
    _ export: MapExport, of network: Network, toExplain targets: [any AttributionKit.Target]
  ) throws {
    let found = try network.maps(export.data, of: images), area = found.count / images.count
    var shown = 0
    for (number, (image, target)) in zip(images, targets).enumerated() {
      let map = Array(found[number * area..<(number + 1) * area])
      do {
        let session = try network.session(on: image, for: RegionMean(of: target, over: .predicted))
        let own = try GradCAM().attribution(in: session).values.scalars
        let largest = own.reduce(Float(0)) { max($0, abs($1)) }
        #expect(zip(map, own).allSatisfy { abs($0 - $1) <= 1e-4 * largest }, "image \(number)")
        shown += 1
      } catch AttributionError.emptyRegion {
        #expect(map.allSatisfy { $0 == 0 }, "image \(number): the class is predicted nowhere")
      }
    }
    #expect(shown > 1, "nothing is tested")
  }
}
