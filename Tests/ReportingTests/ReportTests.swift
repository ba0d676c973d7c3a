import AttributionKit
import Explaining
import Foundation
import Reporting
import Tensors
import Testing
import TestSupport

/// The numbers that are written down.
@Suite struct ReportTests {
  private func reports(
    _ picture: Picture = Example.picture, targets: [String] = ["dog"], methods: String = "grad-cam, guided-backprop"
  ) throws -> [Report] {
    try Example.explainer().explain(picture, targets: targets, methods: methods).flatMap(\.reports)
  }

  @Test func `a report says what was explained, by what, and what came of it`() throws {
    let explainer = try Example.explainer()
    let explained = try explainer.explain(
      Example.picture, targets: ["dog - cat"], methods: "grad-cam, guided-backprop")[0]
    let (map, guided) = (explained.reports[0], explained.reports[1])
    #expect(map.version == 1 && map.image == "folder/photo.jpg" && map.model.file == "folder/tiny.net")
    #expect(map.model.classes == 4 && map.model.output == [4] && map.model.precision == "float32")
    #expect(map.model.producer == "a test" && map.model.opset == nil && map.model.input.shape == [3, 4, 4])
    #expect(map.target.expression == "dog - cat" && map.target.label == "dog" && map.target.contrastLabel == "cat")
    #expect(map.score.kind == "logit" && map.score.value == explained.inquiry.session.score.value)
    #expect(map.method.expression == "grad-cam" && map.method.title == "Grad-CAM" && map.error == nil)
    let values = explained.attributions[0].values
    #expect(map.grid == values.shape && map.range?.maximum == values.scalars.max())
    #expect(map.range?.minimum == values.scalars.min() && map.layer?.name == "relu2" && map.layer?.grid == [4, 4])
    #expect(map.predictions.map(\.logit) == explained.answer.logits.scalars.sorted(by: >))
    let coverage = try #require(explained.attributions[1].coverage)
    #expect(guided.guided?.crossed == coverage.crossed && guided.guided?.activations == coverage.activations)
    #expect(guided.grid == [3, 4, 4] && guided.layer?.name == "input" && guided.status == "ok")
    #expect(map.versions == .current && map.versions.limn == Release.version)
    #expect(map.notes == ["small", "assuming imagenet preprocessing, centre crop"])
    #expect(
      map.preprocessing?.fit == "crop" && map.preprocessing?.cropFraction == 1 && map.preprocessing?.std.count == 3)
  }

  @Test func `an array has no preparation, and a method that fails its reason`() throws {
    let reports = try reports(Example.array, methods: "grad-cam(layer=nosuch), gradient")
    #expect(reports.allSatisfy { $0.preprocessing == nil && $0.notes == ["small"] })
    #expect(reports[0].error?.contains("no layer matches 'nosuch'") == true)
    #expect(reports[0].layer == nil && reports[0].grid == nil && reports[0].status == nil)
    #expect(reports[1].error == nil && reports[1].grid == [3, 4, 4])
  }

  @Test func `what is written is read again`() throws {
    let reports = try reports(targets: ["dog", "top:2"]) + reports(Example.array, methods: "cam(layer=nosuch)")
    let text = try ReportJSON.encode(reports)
    #expect(try ReportJSON.decode([Report].self, from: text) == reports)
    #expect(text.last == UInt8(ascii: "\n"))
    let fields = try #require(try JSONSerialization.jsonObject(with: text) as? [[String: Any]])
    #expect(fields.allSatisfy { $0["version"] as? Int == 1 })
    #expect(
      Set(fields[0].keys).isSuperset(of: [
        "image", "model", "preprocessing", "predictions", "target", "score", "method", "layer", "grid", "range",
        "status",
        "timings", "versions",
      ]))
    #expect(fields[0]["error"] == nil && fields[0]["guided"] == nil)
  }

  @Test func `numbers that JSON lacks are strings`() throws {
    struct Value: Codable, Equatable { let x: [Float] }
    let text = try ReportJSON.encode(Value(x: [.infinity, -.infinity, 1]))
    #expect(String(decoding: text, as: UTF8.self).contains("\"-Infinity\""))
    #expect(try ReportJSON.decode(Value.self, from: text) == Value(x: [.infinity, -.infinity, 1]))
    #expect(try ReportJSON.decode(Value.self, from: ReportJSON.encode(Value(x: [.nan]))).x[0].isNaN)
  }

  @Test func `predictions and layers are reports, too`() throws {
    let explainer = try Example.explainer()
    let picture = try explainer.predict(Example.picture)
    let predicted = PredictionReport(picture, top: 2)
    #expect(predicted.version == 1 && predicted.predictions.count == 2 && predicted.link == "softmax")
    #expect(
      predicted.region == nil
        && predicted.predictions[0].label == explainer.names.label(of: picture.answer.ranking[0].choice))
    #expect(try ReportJSON.decode(PredictionReport.self, from: ReportJSON.encode(predicted)) == predicted)
    let inquiry = try picture.inquiries(Question([TargetExpression("hen")]))[0]
    let norms = try GradientNorms(of: explainer.model.layers, in: inquiry.session)
    let layers = LayersReport(explainer, layers: explainer.model.layers, inquiry: inquiry, norms: norms)
    #expect(layers.layers.map(\.name) == explainer.model.layers.map(\.name) && layers.target?.label == "hen")
    #expect(layers.layers.last?.gradientNorm == 1 && layers.layers.last?.suitability == .notSpatial)
    #expect(layers.automatic?.name == "relu2" && layers.layers[1].suitability == .suitable)
    #expect(try ReportJSON.decode(LayersReport.self, from: ReportJSON.encode(layers)) == layers)
    #expect(LayersReport(explainer, layers: []).image == nil)
  }

  @Test func `titles tell how sure the network is`() throws {
    let explainer = try Example.explainer()
    func inquiry(_ target: String) throws -> Inquiry {
      try explainer.predict(Example.array).inquiries(Question([TargetExpression(target)]))[0]
    }
    let dog = try inquiry("dog"), p = try #require(dog.probability)
    #expect(dog.title == "dog · \(String(format: "%.1f", 100 * p)) %")
    let difference = try inquiry("dog - cat"), reverse = try inquiry("cat - dog")
    #expect([difference, reverse].count { $0.title.contains("logits differ by −") } == 1)
    #expect(difference.title.hasPrefix("dog − cat · logits differ by "))
    #expect(dog.summary.hasPrefix("array.npy: ") && dog.summary.contains("(class "))
  }
}
