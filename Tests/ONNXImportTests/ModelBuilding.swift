import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors

typealias ModelMessage = Limn_Onnx_ModelProto
typealias NodeMessage = Limn_Onnx_NodeProto
typealias TensorMessage = Limn_Onnx_TensorProto

/// A file of one input `x` and one output `y`, written by the messages that read it.
func modelMessage(
  opset: Int64 = 18, input: [Int64] = [1, 3, 4, 4], output: String = "y", weights: [TensorMessage] = [],
  _ nodes: [NodeMessage]
) -> ModelMessage {
  var model = ModelMessage()
  model.irVersion = 8
  model.producerName = "test"
  model.opsetImport = [.with { $0.version = opset }]
  model.graph.node = nodes
  model.graph.initializer = weights
  model.graph.input = [
    .with {
      $0.name = "x"; $0.type = tensorType(input)
    }
  ]
  model.graph.output = [.with { $0.name = output }]
  return model
}

/// A float tensor type; −1 leaves an extent open.
func tensorType(_ shape: [Int64]) -> Limn_Onnx_TypeProto {
  .with {
    $0.tensorType.elemType = 1
    $0.tensorType.shape.dim = shape.map { extent in
      .with { if extent < 0 { $0.dimParam = "open" } else { $0.dimValue = extent } }
    }
  }
}

func node(
  _ type: String, _ inputs: [String], _ outputs: [String] = ["y"], _ attributes: [Limn_Onnx_AttributeProto] = []
) -> NodeMessage {
  .with {
    $0.opType = type
    $0.input = inputs
    $0.output = outputs
    $0.attribute = attributes
  }
}

func attribute(_ name: String, _ value: Int64) -> Limn_Onnx_AttributeProto {
  .with {
    $0.name = name; $0.i = value; $0.type = 2
  }
}

func attribute(_ name: String, _ values: [Int64]) -> Limn_Onnx_AttributeProto {
  .with {
    $0.name = name; $0.ints = values; $0.type = 7
  }
}

func attribute(_ name: String, real value: Float) -> Limn_Onnx_AttributeProto {
  .with {
    $0.name = name; $0.f = value; $0.type = 1
  }
}

func attribute(_ name: String, _ value: String) -> Limn_Onnx_AttributeProto {
  .with {
    $0.name = name; $0.s = Data(value.utf8); $0.type = 3
  }
}

func tensor(_ name: String, _ shape: [Int64], _ values: [Float]) -> TensorMessage {
  .with {
    $0.name = name
    $0.dims = shape
    $0.dataType = 1
    $0.floatData = values
  }
}

func tensor(_ name: String, integers values: [Int64], shape: [Int64]? = nil) -> TensorMessage {
  .with {
    $0.name = name
    $0.dims = shape ?? [Int64(values.count)]
    $0.dataType = 7
    $0.int64Data = values
  }
}

extension ModelMessage {
  var bytes: Data {
    get throws { try serializedBytes() }
  }

  func lowered(batch: Int = 1, imageSize: (height: Int, width: Int)? = nil) throws -> Graph {
    try ONNXModel(decoding: bytes).graph(batch: batch, imageSize: imageSize)
  }

  /// What the network computes from `x`.
  func output(for x: Tensor) throws -> Tensor {
    try Plan(lowered()).outputs(for: [NDArray(x)])[0].tensor
  }

  /// What the network throws when it is read and lowered.
  func failure(batch: Int = 1, imageSize: (height: Int, width: Int)? = nil) throws -> ONNXError? {
    let data = try bytes
    do throws(ONNXError) {
      _ = try ONNXModel(decoding: data).graph(batch: batch, imageSize: imageSize)
      return nil
    } catch {
      return error
    }
  }
}

/// Numbers 0, 1, 2 … in a shape.
func counting(_ shape: [Int]) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { Float($0) }, shape: shape)
}
