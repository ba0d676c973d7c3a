import AttributionKit
import Formats
import Foundation
import NetworkDefinitions
import ONNXFiles
import Tensors
import Testing
import TestSupport

/// What all formats of graphs do alike, and what they say where they cannot.
@Suite struct OpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ file: ONNXFile, _ change: (inout ModelRequest) -> Void = { _ in }) throws -> OpenedModel {
    var request = ModelRequest(path: try folder.write(file.bytes, to: "net.onnx"))
    change(&request)
    return try ONNXFormat().open(request)
  }

  private func error(_ file: ONNXFile, _ change: (inout ModelRequest) -> Void) -> ModelFileError? {
    do {
      _ = try open(file, change)
      return nil
    } catch { return error as? ModelFileError }
  }

  @Test func `an open size is the request's, or an array's, or assumed with a note`() throws {
    let file = ONNXFile.vector(3).leavingSizeOpen()
    let assumed = try open(file)
    #expect(assumed.model.input.shape == [3, 224, 224])
    #expect(assumed.notes.map(\.sentence) == ["the network leaves the size of its input open: assuming 224 × 224"])
    #expect(assumed.notes.first?.setting == .imageSize)
    let asked = try open(file) { $0.imageSize = (12, 20) }
    #expect(asked.model.input.shape == [3, 12, 20] && asked.notes.isEmpty)
    let array = try open(file) { $0.arrayShape = [3, 9, 7] }
    #expect(array.model.input.shape == [3, 9, 7] && array.notes.isEmpty)
    #expect(try open(.vector(3)).notes.isEmpty)
    let fixed = error(.vector(3)) { $0.imageSize = (12, 20) }
    #expect(fixed?.fault == .request && fixed?.setting == .imageSize && fixed?.description.contains("--") == false)
  }

  @Test func `an output is chosen by name or number, and its shape is told`() throws {
    let file = ONNXFile.segmentation(3)
    #expect(try open(file).outputShape == [3, 8, 8])
    for output in ["aux", "1"] { #expect(try open(file) { $0.output = output }.outputShape == [3, 8, 8]) }
    for output in ["nosuch", "2", "-1"] {
      let error = error(file) { $0.output = output }
      #expect(error?.fault == .absent && error?.setting == .output)
      #expect(error?.description.contains("0 y, 1 aux") == true)
    }
    let inner = try open(file) { $0.output = "stemmed" }
    #expect(
      inner.outputShape == [6, 16, 16] && inner.notes.contains { $0.sentence.contains("'stemmed' is no output") })
    #expect(try open(.vector(5)).outputShape == [5])
  }

  @Test func `other inputs are fixed to arrays, of which batches know nothing`() throws {
    let file = ONNXFile.withContext(3)
    func model(_ context: [Float]) throws -> any ModelAdapter {
      try open(file) { $0.fixedInputs = ["context": Tensor(context, shape: [1, 4])] }.model
    }
    let (nothing, told) = (try model([0, 0, 0, 0]), try model([1, 2, 3, 4]))
    let image = Tensor.ramp([3, 16, 16]), mixing = Tensor.scattered([4, 3], 0.73205).scalars
    let difference = try told.trace(image).logits.scalars[2] - nothing.trace(image).logits.scalars[2]
    #expect(abs(difference - (mixing[2] + 2 * mixing[5] + 3 * mixing[8] + 4 * mixing[11])) < 1e-4)
    #expect((told as? any BatchModel)?.batchSize(within: 1 << 30) == 1)
    #expect(
      (try open(.vector(3).leavingBatchOpen()).model as? any BatchModel).map { $0.batchSize(within: 1 << 30) > 1 }
        == true)
    let asked = error(file) { _ in }
    #expect(asked?.fault == .unsupported && asked?.setting == .fixedInputs)
    let stranger = error(file) { $0.fixedInputs = ["mask": Tensor([1], shape: [1])] }
    #expect(stranger?.fault == .absent && stranger?.description.contains("image, context") == true)
    let odd = error(file) { $0.fixedInputs = ["context": Tensor([1], shape: [1])] }
    #expect(odd?.fault == .unsupported && odd?.description.contains("1 × 4") == true)
  }

  @Test func `a file's faults are told by whose they are, whichever reader finds them`() throws {
    let text = try folder.write("hello", to: "hello.txt")
    let torn = try folder.write(ONNXFile.vector(3).bytes.prefix(100), to: "torn.onnx")
    for (format, path, fault) in [
      (ONNXFormat(), folder.path("none"), .missing), (KerasFormat(), folder.path("none"), .missing),
      (ONNXFormat(), folder.url.path, .unreadable), (KerasFormat(), folder.url.path, .unreadable),
      (ONNXFormat(), text, .damaged), (KerasFormat(), text, .damaged), (ONNXFormat(), torn, .damaged),
    ] as [(any ModelFormat, String, ModelFileError.Fault)] {
      let error = #expect(throws: ModelFileError.self) { try format.open(ModelRequest(path: path)) }
      #expect(error?.fault == fault, "\(format.identifier): \(error as Any)")
      #expect(error?.description.contains("--") == false && error?.description.contains("`limn") == false)
    }
  }

  @Test func `weights tell their network, and take its size and classes`() throws {
    var generator = SplitMix64(seed: 20)
    let weights = try NetworkDefinition.cifarResnet20.parameters(classes: 3).map { parameter in
      let isPositive = parameter.name.hasSuffix("running_var")
      return (
        parameter.name,
        Tensor((0..<parameter.count).map { _ in isPositive ? 1 : generator.uniform() - 0.5 }, shape: parameter.shape)
      )
    }
    let path = try folder.write(safetensors(Dictionary(uniqueKeysWithValues: weights)), to: "weights.bin")
    let strange = try folder.write(safetensors(["a": Tensor([1], shape: [1])]), to: "strange.bin")
    let format = WeightsFormat()
    #expect(try format.open(ModelRequest(path: path)).architecture == "cifar_resnet20")
    #expect(try Data(folder.bytes("weights.bin")).withUnsafeBytes { format.recognizes($0, at: path) })
    let opened = try format.open(ModelRequest(path: path, architecture: "CIFAR-ResNet20"))
    #expect(opened.model.input.shape == [3, 32, 32] && opened.outputShape == [3] && opened.notes.isEmpty)
    #expect(opened.architecture == "cifar_resnet20" && opened.title == "cifar_resnet20 (weights.bin)")
    let array = try format.open(ModelRequest(path: path, architecture: "cifar_resnet20", arrayShape: [3, 40, 24]))
    #expect(array.model.input.shape == [3, 40, 24])
    for (request, fault, setting) in [
      (ModelRequest(path: strange), .unsupported, nil),
      (ModelRequest(path: path, architecture: "resnet51"), .request, .architecture),
      (ModelRequest(path: path, architecture: "cifar_resnet20", output: "1"), .request, .output),
      (
        ModelRequest(path: path, architecture: "cifar_resnet20", fixedInputs: ["a": Tensor([1], shape: [1])]), .request,
        .fixedInputs
      ),
      (ModelRequest(path: path, architecture: "cifar_resnet56"), .damaged, nil),
      (ModelRequest(path: folder.path("none"), architecture: "cifar_resnet20"), .missing, nil),
    ] as [(ModelRequest, ModelFileError.Fault, Setting?)] {
      let error = #expect(throws: ModelFileError.self) { try format.open(request) }
      #expect(error?.fault == fault && error?.setting == setting, "\(error as Any)")
    }
  }
}
