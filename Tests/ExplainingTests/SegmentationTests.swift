import AttributionKit
import Explaining
import Images
import Tensors
import Testing
import TestSupport

/// Networks that answer for each place of a picture, asked about a part of it.
@Suite struct AnsweredRegionTests {
  let explainer: Explainer
  let logits: Tensor

  init() throws {
    explainer = try Networks.segmentation()
    logits = try explainer.model.trace(Tensor.ramp([3, 8, 8])).logits
  }

  /// The class with the greatest logit at each place, the first of equal ones.
  private var winners: [Int] {
    (0..<64).map { p in (0..<3).reduce(0) { logits.scalars[$1 * 64 + p] > logits.scalars[$0 * 64 + p] ? $1 : $0 } }
  }

  private func mean(_ index: Int, _ weights: [Float]) -> Float {
    zip(logits.channel(index).scalars, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
  }

  /// Made by hand from the network's own pullback.
  private func gradient(_ index: Int, _ weights: [Float]) throws -> Tensor {
    let total = weights.reduce(0, +)
    var cotangent = Tensor(repeating: 0, shape: [3, 8, 8])
    for (place, weight) in weights.enumerated() { cotangent[index * 64 + place] = weight / total }
    return try explainer.model.inputGradient(of: cotangent, on: Tensor.ramp([3, 8, 8]))
  }

  @Test func `without a region a class is explained where it is predicted`() throws {
    let counts = (0..<3).map { index in winners.count { $0 == index } }
    try #require(counts.allSatisfy { $0 > 0 })
    for index in 0..<3 {
      let inquiry = try explainer.inquiry("\(index)", of: Networks.places)
      let own = winners.map { $0 == index ? Float(1) : 0 }
      #expect(abs(inquiry.session.score.value - mean(index, own)) < 1e-5)
      let places = try #require(inquiry.target.places)
      #expect(
        places.isPredicted && abs(places.share - Float(counts[index]) / 64) < 1e-6 && places.weights.scalars == own)
      #expect(try inquiry.session.inputGradient().distance(to: gradient(index, own)) < 1e-6)
    }
    let ranking = try explainer.predict(Networks.places).answer.ranking
    #expect(ranking.map { Int((64 * ($0.share ?? -1)).rounded()) } == counts.sorted(by: >))
    #expect(ranking[0].index == counts.indices.max { counts[$0] < counts[$1] })
    #expect(explainer.hasPlaces && explainer.model.automaticLayer != nil)
  }

  @Test func `a box, a point, a mask and all are weights on the network's grid`() throws {
    // Pixels of an array are its own: two columns from the third on, three rows from the second on.
    let box = (0..<64).map { p -> Float in (1..<4).contains(p / 8) && (2..<4).contains(p % 8) ? 1 : 0 }
    var mask = Raster(width: 8, height: 8, fill: (0, 0, 0))
    for y in 1..<4 { for x in 2..<4 { mask[x, y] = (255, 255, 255) } }
    let folder = try TemporaryFolder(), path = try folder.write(mask.pngData(), to: "mask.png")
    let array = try folder.write(NumPyFile.data(Tensor(box, shape: [8, 8])), to: "mask.npy")
    let point = (0..<64).map { $0 == 3 * 8 + 7 ? Float(1) : 0 }
    for (text, weights) in [
      ("2,1,4,4", box), (" 2, 1, 4, 4 ", box),
      ("-5,1,4,4", (0..<64).map { ($0 % 8 < 4 && (1..<4).contains($0 / 8)) ? 1 : 0 }),
      (path, box), (array, box), ("7,3", point),
      ("all", Array(repeating: 1, count: 64)), ("ALL", Array(repeating: 1, count: 64)),
    ] as [(String, [Float])] {
      let inquiry = try explainer.inquiry("1", of: Networks.places, region: text)
      #expect(abs(inquiry.session.score.value - mean(1, weights)) < 1e-5, "\(text)")
      #expect(inquiry.target.places?.weights.scalars == weights && inquiry.target.places?.expression == text)
      #expect(try inquiry.session.inputGradient().distance(to: gradient(1, weights)) < 1e-6, "\(text)")
    }
  }

  @Test func `answers are about the region, where one is named`() throws {
    let picture = try explainer.predict(Networks.places, region: RegionExpression("0,0,1,1"))
    let corner = (0..<3).map { logits.scalars[$0 * 64] }
    #expect(picture.answer.ranking[0].index == corner.indices.max { corner[$0] < corner[$1] })
    #expect(picture.answer.ranking[0].share == 1 && picture.region?.expression == "0,0,1,1")
    #expect(abs(picture.answer.ranking.compactMap(\.probability).reduce(0, +) - 1) < 1e-5)
    #expect(zip(picture.answer.pooled.scalars, corner).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `a question about another region than the answer's is put to the same run`() throws {
    let whole = try explainer.predict(Networks.places)
    let inquiry = try whole.inquiries(Question([.prediction], region: RegionExpression("0,0,1,1")))[0]
    let direct = try explainer.inquiry("prediction", of: Networks.places, region: "0,0,1,1")
    #expect(inquiry.target.choice == direct.target.choice && inquiry.session.score == direct.session.score)
    #expect(inquiry.picture.answer.ranking == direct.picture.answer.ranking)
    #expect(inquiry.picture.session === whole.session && whole.answer.ranking != direct.picture.answer.ranking)
    let back = try inquiry.picture.inquiries(Question([.prediction], region: .predicted))[0]
    #expect(try back.session.score == whole.inquiries(Question())[0].session.score)
  }

  /// The photograph's sides stick out of the input: regions count its pixels all the same.
  @Test func `a region of a photograph goes the way of the photograph`() throws {
    var file = NetworkFile("places.net")
    file.recipe = Recipe(preset: "unit", fit: .letterbox)
    let model = explainer.model
    let boxed = try Explainer(OpenedModel(model), of: file)
    let photograph = Networks.photograph(width: 100, height: 70)
    let prepared = try Preprocessing(resize: .letterbox(fill: 114)).prepare(photograph, height: 8, width: 8)
    let weights = prepared.geometry.coverage(
      of: (0..<70 * 100).map { $0 % 100 < 50 && $0 / 100 < 35 ? 1 : 0 }, height: 8, width: 8)
    let channel = try model.trace(prepared.tensor).logits.channel(0).scalars
    let expected = zip(channel, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
    let inquiry = try boxed.inquiry("0", of: Picture(photograph, named: "photo"), region: "0,0,50,35")
    #expect(abs(inquiry.session.score.value - expected) < 1e-5)
    let unseen = refusal {
      try explainer.inquiry("0", of: Picture(photograph, named: "photo"), region: "0,0,5,70")
    }
    #expect(unseen?.fault == .data && unseen?.setting == .fit)
  }

  @Test func `a mask of one logit has two sides`() throws {
    let explainer = try Networks.segmentation(1, link: .sigmoid)
    let logits = try explainer.model.trace(Tensor.ramp([3, 8, 8])).logits.scalars
    let share = Float(logits.count { $0 > 0 }) / 64
    try #require(share > 0 && share < 1)
    let positive = try explainer.inquiry("positive", of: Networks.places)
    let mean = logits.filter { $0 > 0 }.reduce(0, +) / (64 * share)
    #expect(abs(positive.session.score.value - mean) < 1e-5)
    #expect(abs(try #require(positive.target.places?.share) - share) < 1e-6)
    let negative = try explainer.inquiry("negative", of: Networks.places)
    #expect(abs(try #require(negative.target.places?.share) - (1 - share)) < 1e-6 && negative.session.score.value > 0)
  }

  @Test(arguments: ["3,4,3,9", "4,3,9,3", "1,2,3", "a,2,3,4", "1.5,2", "9223372036854775807,2", "", "1,2,3,4,5"])
  func `what is no region whatever the picture`(text: String) {
    #expect(refusal { try RegionExpression(text) }?.fault == .usage)
  }

  @Test func `a region that fits no picture is refused with the reason`() throws {
    let folder = try TemporaryFolder()
    let black = try folder.write(Raster(width: 8, height: 8, fill: (9, 9, 9)).pngData(), to: "black.png")
    let small = try folder.write(Raster(width: 4, height: 8).pngData(), to: "small.png")
    let turned = try folder.write(NumPyFile.data(Tensor(repeating: 1, shape: [8, 3])), to: "turned.npy")
    for (region, fault, words) in [
      ("20,20,30,30", ExplainingError.Fault.data, "8 × 8 pixels"), (black, .data, "white"),
      (small, .data, "4 × 8 pixels"), (turned, .data, "3 × 8 pixels"),
      (folder.path("none.png"), .missingInput, "none.png"),
    ] {
      let error = refusal { try explainer.inquiry("0", of: Networks.places, region: region) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(error as Any)")
    }
    let whole = refusal { try Networks.classifier().inquiry("0", of: Networks.image, region: "1,1,2,2") }
    #expect(whole?.fault == .usage && whole?.setting == .region)
  }

  @Test func `a class that is predicted nowhere needs a region`() throws {
    let network = ChainNetwork(
      input: [3, 8, 8],
      [
        .convolution(
          "logits", kernels: Tensor(repeating: 0, shape: [2, 3, 1, 1]), bias: Tensor([1, 0], shape: [2]))
      ])
    let explainer = try Explainer(
      OpenedModel(network, classNames: ["sky", "sea"]), of: NetworkFile("places.net"))
    let error = refusal { try explainer.inquiry("sea", of: Networks.places) }
    #expect(error?.description.contains("'sea'") == true && error?.setting == .region && error?.fault == .data)
    #expect(try explainer.inquiry("sea", of: Networks.places, region: "all").session.score.value == 0)
    // A difference is asked where the first is predicted.
    #expect(try explainer.inquiry("sky - sea", of: Networks.places).session.score.value == 1)
  }
}
