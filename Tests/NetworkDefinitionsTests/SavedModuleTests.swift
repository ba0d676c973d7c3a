import Foundation
import GraphEngine
import NetworkDefinitions
import TestSupport
import Testing

/// Modules that were saved whole say how their layers compute, which weights do not.
@Suite struct SavedModuleTests {
  private let folder = try? TemporaryFolder()

  /// A module with its attributes: whole numbers, pairs of them, or texts.
  struct Module {
    var kind: String
    var parameters: [(name: String, shape: [Int])] = []
    var parts: [(name: String, module: Module)] = []
    var pairs: [String: Int] = [:]
    var texts: [String: String] = [:]

    static func convolution(_ shape: [Int], stride: Int = 1, padding: Int? = nil) -> Module {
      Module(
        kind: "torch.nn.modules.conv Conv2d", parameters: [("weight", shape)],
        pairs: ["stride": stride, "dilation": 1, "padding": padding ?? shape[2] / 2], texts: ["padding_mode": "zeros"])
    }

    static func normalization(_ channels: Int) -> Module {
      let names = ["weight", "bias", "running_mean", "running_var"]
      return Module(kind: "torch.nn.modules.batchnorm BatchNorm2d", parameters: names.map { ($0, [channels]) })
    }

    static func bare(_ kind: String) -> Module { Module(kind: "torch.nn.modules.activation " + kind) }

    static func pool(_ kind: String = "MaxPool2d", kernel: Int = 3) -> Module {
      Module(kind: "torch.nn.modules.pooling " + kind, pairs: ["kernel_size": kernel, "stride": 2, "padding": 1])
    }

    /// The part at a path of names.
    subscript(_ path: String) -> Module {
      get { path.split(separator: ".").reduce(self) { module, name in module.parts.first { $0.name == name }!.module } }
      set {
        let names = path.split(separator: ".", maxSplits: 1).map(String.init)
        let place = parts.firstIndex { $0.name == names[0] }!
        if names.count > 1 { parts[place].module[names[1]] = newValue } else { parts[place].module = newValue }
      }
    }

    func write(to writer: inout PickleWriter) {
      let name = kind.split(separator: " ")
      writer.global(String(name[0]), String(name[1]))
      writer.raw([0x29, 0x81, 0x7D, 0x28])
      writer.text("_parameters")
      writer.raw([0x7D, 0x28])
      for (name, shape) in parameters {
        writer.text(name)
        let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
        writer.tensor("0", count: SavedModuleTests.count, shape: shape, strides: strides)
      }
      writer.raw([0x75])
      writer.text("_modules")
      writer.raw([0x7D, 0x28])
      for (name, module) in parts {
        writer.text(name)
        module.write(to: &writer)
      }
      writer.raw([0x75])
      for (name, number) in pairs {
        writer.text(name)
        writer.tuple([number, number])
      }
      for (name, text) in texts {
        writer.text(name)
        writer.text(text)
      }
      writer.raw([0x75, 0x62])
    }
  }

  private static let count = 4 * 4 * 49

  /// A residual network of two blocks of four channels.
  private static func network(
    kind: String = "torchvision.models.resnet ResNet", stride: Int = 2, activation: String = "ReLU"
  ) -> Module {
    func block(_ stride: Int) -> Module {
      let layers: [(String, Module)] = [
        ("conv1", .convolution([4, 4, 3, 3], stride: stride)), ("bn1", .normalization(4)),
        ("conv2", .convolution([4, 4, 3, 3])), ("bn2", .normalization(4)), ("relu", .bare(activation)),
      ]
      let shortcut = Module(
        kind: "torch.nn.modules.container Sequential",
        parts: [("0", .convolution([4, 4, 1, 1], stride: 2)), ("1", .normalization(4))])
      return Module(
        kind: "torchvision.models.resnet BasicBlock", parts: layers + (stride > 1 ? [("downsample", shortcut)] : []))
    }
    func row(_ block: Module) -> Module {
      Module(kind: "torch.nn.modules.container Sequential", parts: [("0", block)])
    }
    return Module(
      kind: kind,
      parts: [
        ("conv1", .convolution([4, 3, 7, 7], stride: 2)), ("bn1", .normalization(4)), ("relu", .bare(activation)),
        ("maxpool", .pool()), ("layer1", row(block(1))), ("layer2", row(block(stride))),
        ("avgpool", .bare("AdaptiveAvgPool2d")),
        (
          "fc", Module(kind: "torch.nn.modules.linear Linear", parameters: [("weight", [3, 4]), ("bias", [3])])
        ),
      ])
  }

  private func open(_ module: Module) throws -> (network: RecognizedNetwork, contradiction: String?) {
    var writer = PickleWriter()
    module.write(to: &writer)
    writer.raw([0x2E])
    let storage = PickleWriter.bytes([Float](repeating: 0.1, count: Self.count))
    let folder = try #require(folder)
    let path = try folder.write(PickleWriter.checkpoint(writer.bytes, storages: ["0": storage]), to: "whole.pth")
    let found = try RecognizedNetwork(of: WeightFile(path))
    let graph = try Network(found.definition, weights: found.weights).graph()
    return (found, found.contradiction(to: graph))
  }

  @Test func `a module that computes as its family does is taken for it`() throws {
    let (network, contradiction) = try open(Self.network())
    #expect(contradiction == nil && network.notes.isEmpty && network.hasClassifier)
  }

  @Test func `a stride or an activation function of its own contradicts the family`() throws {
    var dilated = Self.network()
    // What torchvision calls replace_stride_with_dilation.
    dilated.parts[5].module.parts[0].module.parts[0].module.pairs["stride"] = 1
    let problem = try open(dilated).contradiction
    #expect(problem?.contains("layer2.0.conv1") == true && problem?.contains("stride of 1 × 1") == true)
    #expect(try open(Self.network(activation: "LeakyReLU")).contradiction?.contains("LeakyReLU") == true)
    var mirrored = Self.network()
    mirrored.parts[0].module.texts["padding_mode"] = "reflect"
    #expect(try open(mirrored).contradiction?.contains("'reflect'") == true)
  }

  @Test(arguments: [
    ("maxpool", Module.bare("Identity"), "'maxpool', Identity"), ("maxpool", .pool(kernel: 2), "2 × 2"),
    ("maxpool", .pool("AvgPool2d"), "'maxpool', AvgPool2d"),
    ("avgpool", .bare("AdaptiveMaxPool2d"), "'avgpool', AdaptiveMaxPool2d"),
    ("avgpool", .bare("Identity"), "'avgpool', Identity"),
    ("layer2.0.relu", .bare("Identity"), "'layer2.0.relu', Identity"),
    ("layer2.0.relu", .bare("SiLU"), "'layer2.0.relu', SiLU"),
    ("layer1.0.relu", Module(kind: "mine Act"), "'mine.Act'"),
  ])
  func `a layer that was replaced contradicts the family`(path: String, layer: Module, word: String) throws {
    var network = Self.network()
    network[path] = layer
    let problem = try open(network).contradiction
    #expect(problem?.contains(word) == true, "\(problem ?? "nothing")")
  }

  @Test func `a function behind the classifier contradicts a network that ends there`() throws {
    var network = Self.network()
    let row: [(String, Module)] = [("0", network["fc"]), ("1", .bare("Sigmoid"))]
    network["fc"] = Module(kind: "torch.nn.modules.container Sequential", parts: row)
    #expect(try open(network).contradiction?.contains("'fc.1', Sigmoid") == true)
    network["fc"].parts[1].module = .bare("Softmax")
    #expect(try open(network).contradiction?.contains("behind its classifier") == true)
    network["fc"].parts[1].module = .bare("Dropout")
    #expect(try open(network).contradiction == nil)
  }

  @Test func `features pooled by the maximum contradict a mean`() throws {
    var network = Self.network(kind: "timm.models.resnet ResNet")
    network["avgpool"] = Module(
      kind: "timm.layers.adaptive_avgmax_pool SelectAdaptivePool2d",
      parts: [("pool", .bare("AdaptiveAvgPool2d"))], texts: ["pool_type": "max"])
    #expect(try open(network).contradiction?.contains("'max'") == true)
  }

  @Test func `one function that stands in several places is there in each`() throws {
    #expect(try open(Self.network()).contradiction == nil)
    var own = Self.network(kind: "__main__ My")
    // Functions that only the class's own code calls are in no file; a library's class calls none.
    own["layer2.0"].parts[4] = ("other", .bare("Identity"))
    #expect(try open(own).contradiction == nil)
    own.kind = "torchvision.models.resnet ResNet"
    #expect(try open(own).contradiction?.contains("no ReLU in 'layer2.0'") == true)
  }

  @Test func `a layer of somebody's own class is told`() throws {
    var network = Self.network()
    network["layer1.0.conv1"].kind = "mine Conv"
    #expect(try open(network).network.notes.contains { $0.contains("'layer1.0.conv1'") && $0.contains("'mine.Conv'") })
  }

  @Test func `a class of somebody's own is told`() throws {
    let (network, contradiction) = try open(Self.network(kind: "__main__ My"))
    #expect(contradiction == nil && network.notes.contains { $0.contains("'__main__.My'") })
  }
}
