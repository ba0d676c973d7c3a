import AttributionKit
import Explaining
import Images
import Rendering
import Testing

/// Errors of all libraries by whose fault they are.
@Suite struct FaultTests {
  struct Unknown: Error {}

  @Test func `every error of a library has somebody to mend it`() {
    let layer = Layer("conv", shape: [3, 4, 4])
    for (error, fault, setting) in [
      (AttributionError.noSuchLayer("x", nearest: [layer]), .data, .layer),
      (AttributionError.unknownParameter("x", method: "cam", known: []), .usage, nil),
      (AttributionError.noSpatialLayer, .data, nil), (Refusal("no"), .data, nil),
      (ImageError.missing(path: "a"), .missingInput, nil),
      (ImageError.unreadable(path: "a", reason: "b"), .missingInput, nil),
      (ImageError.corrupt(name: "a", reason: "b"), .data, nil),
      (ImageError.unwritable(path: "a", reason: "b"), .output, nil),
      (ImageError.outOfMemory(name: "a"), .internalError, nil),
      (RenderingError.nothingToShow, .usage, nil), (RenderingError.drawing("a"), .internalError, nil),
      (ModelFileError(.missing, "gone"), .missingInput, nil), (ModelFileError(.unreadable, "shut"), .missingInput, nil),
      (ModelFileError(.damaged, "torn"), .data, nil), (ModelFileError(.unsupported, "odd"), .data, nil),
      (ModelFileError(.absent, "none", about: .output), .data, .output),
      (ModelFileError(.request, "no", about: .imageSize), .usage, .imageSize), (Unknown(), .internalError, nil),
    ] as [(any Error, ExplainingError.Fault, Setting?)] {
      let told = ExplainingError(error)
      #expect(told.fault == fault && told.setting == setting, "\(error)")
      #expect(told.description.hasSuffix("\(error)"))
    }
  }

  @Test func `no sentence is longer than a few lines, whatever a file holds`() {
    let long = String(repeating: "block/", count: 400), names = (0..<3000).map { "\(long)\($0)" }
    let layers = names.prefix(8).map { Layer($0, shape: [3, 4, 4]) }, shapes = (0..<900).map { [1, $0] }
    let few = Array(names.prefix(3))
    for error in [
      .noSuchLayer(long, nearest: layers), .ambiguousLayer(long, candidates: layers),
      .notSpatial(layers[0], nearest: layers), .outOfReach(layers[0], nearest: layers[1]),
      .noSuchOutput(long, among: names), .wrongOutputs(expected: shapes, given: shapes),
      .wrongCotangents(expected: shapes, given: shapes), .noSuchInput(long, among: names),
      .wrongInputCount(1, of: names), .missingInputs(names), .wrongShape([1], for: layers[0]),
      .noLinearHead(after: layers[0]), .unmetNeed(long, of: "cam", reason: long), .cannotResume(after: layers[0]),
      .notAnImage(layers[0]), .unknownParameter(long, method: "cam", known: names),
      .unusableParameter("layer", value: long, method: "cam", expected: long), .unusableAlias(long, reason: long),
      .noClasses(Output(long, shape: [3], kind: .boxes)), .missingInputs(few),
    ] as [AttributionError] {
      let told = ExplainingError(error).description
      #expect(told.count <= 520, "\(told.count): \(told)")
    }
    // Lists are cut between names, with how many are left out.
    let listed = ExplainingError(AttributionError.noSuchInput("x", among: names)).description
    #expect(listed.hasSuffix("more"), "\(listed)")
    for error in [
      ModelFileError(.damaged, long), ImageError.corrupt(name: long, reason: long), Refusal(long), Unknown(),
      RenderingError.drawing(long), ExplainingError(.data, long),
    ] as [any Error] {
      #expect(ExplainingError(error).description.count <= 520)
    }
  }

  @Test func `an error that is told already stays as it is`() {
    let error = ExplainingError(.usage, "choose another", about: .region)
    #expect(ExplainingError(error) == error && "\(error)" == "choose another")
  }

  @Test func `sentences of libraries know no options`() throws {
    let explainer = try Networks.classifier()
    let errors = [
      refusal { try explainer.inquiry("cat", of: Networks.image) }, refusal { try Recipe(mean: [1, 2]).check() },
      refusal { try explainer.inquiry("1", of: Networks.image, region: "all") },
      refusal { try Recipe(deviation: [0]).check() },
      refusal { try Networks.segmentation().reference(Networks.places) },
    ].compactMap { $0 }
    #expect(errors.count == 4)
    for error in errors { #expect(!error.description.contains("--") && !error.description.contains("`limn")) }
  }
}
