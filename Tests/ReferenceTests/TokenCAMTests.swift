import AttributionKit
import Foundation
import GraphAdapter
import MethodCatalog
import ONNXImport
import Tensors
import TestSupport
import Testing

/// Methods that run a vision transformer on from its tokens.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)")) struct TokenCAMTests {
  private func session() throws -> ExplanationSession {
    let onnx = try ONNXModel(contentsOf: TestData.file("zoo/models/mnist_vit_dyn18.onnx").path)
    let model = try GraphModel(onnx.graph(imageSize: (28, 28)))
    return try ExplanationSession(of: model, on: .ramp(model.input.shape), for: .prediction)
  }

  @Test func `Recipro-CAM leaves one patch's token, and the class token`() throws {
    let session = try session(), layer = try #require(session.model.automaticLayer).layer
    let native = try session.activation(at: layer.native), features = try #require(layer.nativeShape.last)
    #expect(layer.nativeShape == [50, features] && layer.shape == [features, 7, 7])
    let places = [0, 24, 48]
    let scores = try session.scores(of: 3, replacing: layer.native) { index in
      var left = native
      for token in 1..<50 where token != places[index] + 1 {
        for k in 0..<features { left[token * features + k] = 0 }
      }
      return left
    }
    let map = try ReciproCAM(mask: .single).attribution(in: session).values.scalars
    for (place, score) in zip(places, scores) {
      #expect(abs((map[place] - map[places[0]]) - (score - scores[0])) < 1e-4)
    }
    #expect(map.max()! > 1e-3)
  }

  /// Where attention and layer normalisation follow, the second derivative is not zero, and the estimate holds.
  @Test func `Shapley-CAM differs from Grad-CAM, and knows its weights well`() throws {
    let session = try session()
    let gradCAM = try GradCAM().attribution(in: session).values
    let map = try ShapleyCAM().attribution(in: session)
    #expect(map.values.distance(to: gradCAM) > 1e-3 * gradCAM.magnitudes().scalars.max()!)
    #expect(map.remarks.isEmpty)
  }

  @Test func `FullGrad leaves nothing of the score over`() throws {
    let completeness = try #require(try FullGrad().attribution(in: session()).completeness)
    #expect(abs(completeness.error) < 2e-3 * max(1, abs(completeness.expected)))
  }
}
