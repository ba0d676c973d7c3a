import AttributionKit
import Explaining
import Foundation
import Tensors
import Testing
import TestSupport

/// What people write for a target, and what is then asked of the network.
@Suite struct TargetExpressionTests {
  let explainer: Explainer
  let logits: [Float]
  /// The classes by their logits, highest first.
  let ranking: [Int]

  init() throws {
    let names = ["tabby", "tiger cat", "tit - mouse", "cat"]
    explainer = try Networks.classifier(names: names)
    let logits = try explainer.model.trace(Tensor.ramp([3, 4, 4])).logits.scalars
    self.logits = logits
    ranking = logits.indices.sorted { logits[$0] > logits[$1] }
  }

  private func score(_ target: String, _ kind: ScoreKind? = nil) throws -> Float {
    try explainer.inquiry(target, of: Networks.image, score: kind).session.score.value
  }

  @Test(arguments: ["", "  ", "top:0", "top:none", "top:-1", "top:"]) func `what is no target whatever the network`(
    text: String
  ) {
    let error = refusal { try TargetExpression(text) }
    #expect(error?.fault == .usage && error?.description.contains("top:3") == true)
  }

  @Test func `numbers, names and the prediction are logits`() throws {
    for index in 0..<4 { #expect(try score("\(index)") == logits[index]) }
    #expect(try score("TABBY") == logits[0] && score(" cat ") == logits[3])
    #expect(try score("prediction") == logits[ranking[0]] && score("Prediction") == score("prediction"))
    let inquiry = try explainer.inquiry("prediction", of: Networks.image)
    #expect(inquiry.target.expression == "prediction" && inquiry.target.choice?.index == ranking[0])
  }

  @Test func `the highest ranked come in their order`() throws {
    let inquiries = try explainer.predict(Networks.image).inquiries(Question([TargetExpression("top:3")]))
    #expect(inquiries.map(\.target.expression) == ["prediction", "rank 2", "rank 3"])
    #expect(inquiries.map { $0.target.choice?.index } == ranking.prefix(3).map { $0 })
    let error = refusal { try explainer.predict(Networks.image).inquiries(Question([.top(5)])) }
    #expect(error?.fault == .data && error?.description.contains("the network's 4") == true)
  }

  @Test func `a difference is that of two logits, and names may hold dashes themselves`() throws {
    #expect(try score("tabby - tiger cat") == logits[0] - logits[1])
    #expect(try score("0 - 1") == -score("1 - 0"))
    #expect(try score("prediction - 2") == logits[ranking[0]] - logits[2])
    #expect(try score("tit - mouse") == logits[2])
    #expect(try score("tit - mouse - cat") == logits[2] - logits[3])
    #expect(try score("cat - tit - mouse") == logits[3] - logits[2])
    let inquiry = try explainer.inquiry("tabby - tiger cat", of: Networks.image)
    #expect(inquiry.targetName == "tabby − tiger cat" && inquiry.target.contrast?.index == 1)
    for (text, fault, words) in [
      ("cat - cat", ExplainingError.Fault.usage, "itself"), ("cat - zeppelin", .data, "zeppelin"),
      ("zeppelin", .data, "the classes are tabby"), ("4711", .data, "numbered from 0 to 3"),
    ] {
      let error = refusal { try score(text) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(text): \(error as Any)")
    }
  }

  @Test func `a score is the logit or the probability`() throws {
    let exponentials = logits.map { exp($0 - logits[ranking[0]]) }
    let p = exponentials[1] / exponentials.reduce(0, +)
    #expect(abs(try score("1", .probability) - p) < 1e-6)
    #expect(abs(try #require(explainer.inquiry("1", of: Networks.image).probability) - p) < 1e-6)
    let error = refusal { try score("0 - 1", .probability) }
    #expect(error?.fault == .usage && error?.setting == .score)
    // What a network's manifest says holds where a question does not.
    var file = NetworkFile("tiny.net")
    file.score = .probability
    let sure = try Networks.classifier(of: file)
    #expect(abs(try sure.inquiry("1", of: Networks.image).session.score.value - p) < 1e-6)
    #expect(try sure.inquiry("1", of: Networks.image, score: .logit).session.score.value == logits[1])
  }

  /// A class's logit less the mean of all.
  struct Margin: Target {
    let index: Int

    func score(of outputs: Outputs) throws -> Score {
      let logits = outputs.logits
      let count = logits.scalars.count
      return Score(
        value: logits.scalars[index] - logits.scalars.reduce(0, +) / Float(count),
        cotangent: Tensor.oneHot(index, count: count).map { $0 - 1 / Float(count) }, classIndex: index)
    }
  }

  private func withMargin() throws -> Explainer {
    var catalogue = Catalogue()
    try catalogue.add(
      Contributions(targets: [
        TargetDescriptor("margin", usage: "margin(class)", summary: "A class's lead.") {
          guard $0.arguments.count == 1 else { throw Refusal("margin takes one class") }
          return Margin(index: try $0.classIndex(of: $0.arguments[0]))
        },
        TargetDescriptor("crooked", summary: "Of another shape.") { _ in Crooked() },
      ]))
    return try Networks.classifier(names: ["margin", "b", "c", "d"], catalogue: catalogue)
  }

  struct Crooked: Target {
    func score(of outputs: Outputs) throws -> Score {
      Score(value: 0, cotangent: Tensor([0], shape: [1]))
    }
  }

  @Test func `a score that was added is named with its arguments, and goes before a class of that name`() throws {
    let explainer = try withMargin(), mean = logits.reduce(0, +) / 4
    for (text, index) in [("margin(1)", 1), ("Margin( c )", 2), ("margin(prediction)", ranking[0])] {
      let inquiry = try explainer.inquiry(text, of: Networks.image)
      #expect(abs(inquiry.session.score.value - (logits[index] - mean)) < 1e-6)
      #expect(inquiry.targetName == text && inquiry.target.isNamedScore && inquiry.target.choice?.index == index)
    }
    for (text, fault, words) in [
      ("margin", ExplainingError.Fault.data, "margin takes one class"), ("margin(1", .usage, "does not end"),
      ("margin(9)", .data, "numbered from 0"), ("crooked", .data, "for its author to mend"),
    ] {
      let error = refusal { try explainer.inquiry(text, of: Networks.image) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(text): \(error as Any)")
    }
    let error = refusal { try explainer.inquiry("margin(1)", of: Networks.image, score: .probability) }
    #expect(error?.fault == .usage && error?.setting == .score)
    // Without it in the catalogue the text is a class.
    #expect(
      try Networks.classifier(names: ["margin", "b", "c", "d"]).inquiry("margin", of: Networks.image)
        .session.score.value == logits[0])
  }

  @Test func `a score of the program's own needs no name in a catalogue`() throws {
    let question = Question([.score(Margin(index: 1), named: "lead of b")])
    let inquiry = try explainer.predict(Networks.image).inquiries(question)[0]
    #expect(abs(inquiry.session.score.value - (logits[1] - logits.reduce(0, +) / 4)) < 1e-6)
    #expect(inquiry.targetName == "lead of b")
    let crooked = Question([.score(Crooked(), named: "crooked")])
    #expect(refusal { try explainer.predict(Networks.image).inquiries(crooked) }?.fault == .data)
  }
}
